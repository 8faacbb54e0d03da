import { ArrayMaxSize, ArrayMinSize, IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { SafeInt } from "../../kernel/graphql/scalars.js";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import {
  type InputKind as InputKindName,
  inputKinds,
  type LayerType as LayerTypeName,
  type PresetName,
  type SettingType as SettingTypeName,
  settingTypes,
} from "../learning/index.js";
import { ArchitectureInput, ArchitecturePreset, LayerInput, LayerType } from "./architecture.type.js";

export const InputKind = enumOf(inputKinds);
registerEnumType(InputKind, {
  name: "InputKind",
  description: "What a network is given of each row.",
  valuesConfig: {
    TABLE: { description: "One line of values, from the columns of a table." },
    TOKENS: { description: "Numbers of words or characters in order." },
    SEQUENCE: { description: "Steps, each of the same values." },
    IMAGE: { description: "Rows × columns × channels." },
  },
});

export const SettingType = enumOf(settingTypes);
registerEnumType(SettingType, {
  name: "SettingType",
  description: "What a setting takes.",
  valuesConfig: {
    INTEGER: { description: "A whole number." },
    NUMBER: { description: "A number." },
    BOOLEAN: { description: "True or false." },
    CHOICE: { description: "One of `choices`." },
    INTEGER_LIST: { description: "Whole numbers, each within the bounds." },
  },
});

@ObjectType({ description: "One setting, enough to build the field of a form from." })
export class Setting {
  @Field() name!: string;
  @Field(() => SettingType) type!: SettingTypeName;
  @Field() description!: string;
  @Field({ description: "Whether it must be given." }) required!: boolean;
  @Field(() => Number, { nullable: true, description: "The least that is taken." }) minimum!: number | null;
  @Field(() => Number, { nullable: true, description: "The most that is taken." }) maximum!: number | null;
  @Field(() => [String], { nullable: true, description: "The names to choose from." }) choices!:
    | string[]
    | null;
  @Field(() => String, { nullable: true, description: "As text: `64`, `0.1`, `false` or `RELU`." })
  default!: string | null;
}

@ObjectType({ description: "A layer to choose, with its settings." })
export class LayerDescription {
  @Field(() => LayerType) type!: LayerTypeName;
  @Field() description!: string;
  @Field(() => [Setting]) settings!: Setting[];
}

@ObjectType({ description: "An architecture to choose, with its parameters." })
export class ArchitectureDescription {
  @Field(() => ArchitecturePreset) preset!: PresetName;
  @Field() name!: string;
  @Field() description!: string;
  @Field(() => [InputKind], { description: "The inputs it is for." }) suits!: readonly InputKindName[];
  @Field(() => [Setting], { description: "What `parameters` takes." }) parameters!: Setting[];
  @Field(() => [LayerDescription], { description: "What `layers` takes; only CUSTOM has any." })
  layers!: LayerDescription[];
}

@InputType({ description: "What a network is given of each row." })
export class InputShapeInput {
  @Field(() => [Int], {
    description:
      "`[width]` for a table, `[length]` for tokens, `[steps, values]`, or `[rows, columns, channels]`.",
  })
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @Min(1, { each: true })
  @Max(1_000_000, { each: true })
  shape!: number[];

  @Field(() => Int, {
    nullable: true,
    description: "How many tokens there are, where the values are tokens.",
  })
  @IsOptional()
  @Min(1)
  @Max(1_000_000)
  vocabulary?: number | null;
}

@InputType({ description: "An architecture and what it is to read and answer." })
export class ValidateArchitectureInput {
  @Field(() => ArchitectureInput, { description: "As for a model." })
  @ValidateNested()
  architecture!: ArchitectureInput;

  @Field(() => InputShapeInput, { description: "What it reads." })
  @ValidateNested()
  inputShape!: InputShapeInput;

  @Field(() => Int, { defaultValue: 1, description: "Classes, or 1 for a number." })
  @Min(1)
  @Max(1_000_000)
  outputs: number = 1;

  @Field(() => Int, { defaultValue: 32, description: "Rows that go through together while training." })
  @Min(1)
  @Max(4_096)
  batchSize: number = 32;
}

@ObjectType({ description: "What a layer makes of one row." })
export class LayerShape {
  @Field(() => LayerInput, { nullable: true, description: "The layer; null for the output layer." })
  layer!: LayerInput | null;
  @Field(() => [Int], { description: "Its output for one row." }) shape!: number[];
  @Field(() => SafeInt, { description: "Numbers that are learnt or kept here." }) parameters!: number;
}

@ObjectType({ description: "What speaks against an architecture." })
export class ArchitectureFault {
  @Field({ description: "Where, dotted from the input: `architecture.layers.2`." }) path!: string;
  @Field({ description: "What, and what to do." }) message!: string;
}

@ObjectType({ description: "What would become of an architecture, known before anything is trained." })
export class ArchitectureValidation {
  @Field({ description: "Whether nothing speaks against it." }) valid!: boolean;
  @Field(() => [LayerShape], { description: "All layers and the output, or those before the first fault." })
  layers!: LayerShape[];
  @Field(() => SafeInt, { description: "Of the layers shown." }) parameters!: number;
  @Field(() => SafeInt, { description: "About what a batch takes while training, beside the parameters." })
  activationBytes!: number;
  @Field(() => [ArchitectureFault]) faults!: ArchitectureFault[];
}
