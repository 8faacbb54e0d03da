import { IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import {
  generationLimits,
  optimizers,
  type OptimizerName,
  type TextUnit as TextUnitName,
} from "../learning/index.js";
import { TextUnit } from "../models/index.js";

const { context } = generationLimits;

/** As enum objects, which type-graphql asks for. */
export const Optimizer = Object.fromEntries(optimizers.map((name) => [name, name])) as {
  [Name in OptimizerName]: Name;
};
registerEnumType(Optimizer, { name: "Optimizer", description: "How weights follow the gradient." });

export enum ClassWeights {
  NONE = "NONE",
  BALANCED = "BALANCED",
}
registerEnumType(ClassWeights, {
  name: "ClassWeights",
  description: "BALANCED weighs each class by the inverse of its frequency.",
  valuesConfig: {
    NONE: { description: "Every row counts alike." },
    BALANCED: { description: "Rows of rare classes count more." },
  },
});

@InputType("EarlyStoppingInput", { description: "Stops when nothing improves, and takes the best weights." })
@ObjectType({ description: "Stops when nothing improves, and takes the best weights." })
export class EarlyStopping {
  @Field(() => Int, { defaultValue: 10, description: "Epochs without improvement, 1 to 1,000." })
  @Min(1)
  @Max(1_000)
  patience: number = 10;

  @Field(() => Float, {
    defaultValue: 0,
    description: "Improvement of the loss below which an epoch counts as none.",
  })
  @Min(0)
  @Max(1_000)
  minDelta: number = 0;
}

@InputType("AugmentationInput", { description: "Images differ a little from epoch to epoch." })
@ObjectType({ description: "Images differ a little from epoch to epoch." })
export class Augmentation {
  @Field(() => Float, {
    defaultValue: 0,
    description: "Most that an image is moved, as a part of its height and width, 0 to 0.25.",
  })
  @Min(0)
  @Max(0.25)
  shift: number = 0;

  @Field({ defaultValue: false, description: "Mirrors half of the images left to right." })
  flip: boolean = false;
}

@InputType({ description: "What is left out is chosen to suit the data." })
export class HyperparametersInput {
  @Field(() => Int, { nullable: true, description: "1 to 1,000." }) @IsOptional() @Min(1) @Max(1_000) epochs?:
    | number
    | null;
  @Field(() => Int, { nullable: true, description: "1 to 4,096." })
  @IsOptional()
  @Min(1)
  @Max(4_096)
  batchSize?: number | null;
  @Field(() => Float, { nullable: true, description: "0.0000001 to 10." })
  @IsOptional()
  @Min(1e-7)
  @Max(10)
  learningRate?: number | null;
  @Field(() => Optimizer, { nullable: true, description: "How weights follow the gradient." })
  @IsOptional()
  optimizer?: OptimizerName | null;

  @Field(() => Float, {
    nullable: true,
    description: "Part of the training rows held out for live validation, 0 to 0.5.",
  })
  @IsOptional()
  @Min(0)
  @Max(0.5)
  validationSplit?: number | null;

  @Field(() => EarlyStopping, {
    nullable: true,
    description: "When to stop before the last epoch. Default: never.",
  })
  @IsOptional()
  @ValidateNested()
  earlyStopping?: EarlyStopping | null;
  @Field(() => ClassWeights, {
    nullable: true,
    description: "How much the rows of each class count. Default: all alike.",
  })
  @IsOptional()
  classWeights?: ClassWeights | null;
  @Field(() => Augmentation, {
    nullable: true,
    description: "For models of type IMAGE alone. Default: images stay as they are.",
  })
  @IsOptional()
  @ValidateNested()
  augmentation?: Augmentation | null;
  @Field(() => TextUnit, {
    nullable: true,
    description:
      "For models of type TEXT_GENERATION alone: what texts are taken apart into, unless the EMBEDDING says. Default: CHARACTER.",
  })
  @IsOptional()
  tokens?: TextUnitName | null;
  @Field(() => Int, {
    nullable: true,
    description: `For models of type TEXT_GENERATION alone: tokens that the network sees at once, ${context.least} to ${context.most}. Default: 64 characters or 24 words.`,
  })
  @IsOptional()
  @Min(context.least)
  @Max(context.most)
  contextLength?: number | null;
}

@ObjectType({ description: "What a training went by." })
export class Hyperparameters {
  @Field(() => Int) epochs!: number;
  @Field(() => Int) batchSize!: number;
  @Field(() => Float) learningRate!: number;
  @Field(() => Optimizer) optimizer!: OptimizerName;
  @Field(() => Float) validationSplit!: number;
  @Field(() => EarlyStopping, { nullable: true }) earlyStopping!: EarlyStopping | null;
  @Field(() => ClassWeights) classWeights!: ClassWeights | "NONE" | "BALANCED";
  @Field(() => Augmentation, { nullable: true }) augmentation?: Augmentation | null;
  @Field(() => TextUnit, { nullable: true, description: "Null unless it was given." })
  tokens?: TextUnitName | null;
  @Field(() => Int, { nullable: true, description: "Null unless it was given." })
  contextLength?: number | null;
}
