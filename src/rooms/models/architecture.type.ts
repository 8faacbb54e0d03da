import { IsOptional, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import {
  activations,
  describeArchitectures,
  layerTypes,
  type Activation as ActivationName,
  type LayerType as LayerTypeName,
  type Padding as PaddingName,
  paddings,
  presetNames,
  type PresetName,
  textUnits,
  type TextUnit as TextUnitName,
} from "../learning/index.js";

export const Activation = enumOf(activations);
registerEnumType(Activation, {
  name: "Activation",
  description: "What a layer's sums pass through.",
  valuesConfig: {
    RELU: { description: "Itself above 0, else 0." },
    ELU: { description: "Itself above 0, else exp(x) - 1." },
    SELU: { description: "ELU scaled so that variances stay about 1 from layer to layer." },
    GELU: { description: "x times the normal distribution's share below x." },
    SIGMOID: { description: "1 / (1 + exp(-x)), from 0 to 1." },
    TANH: { description: "The hyperbolic tangent, from -1 to 1." },
    SOFTPLUS: { description: "log(1 + exp(x)), a smooth RELU." },
    SQUARE: { description: "x times x." },
    LINEAR: { description: "As it is." },
  },
});

export const Padding = enumOf(paddings);
registerEnumType(Padding, {
  name: "Padding",
  description: "What a window finds beyond the edge.",
  valuesConfig: {
    SAME: { description: "Zeros, so that every place has a window." },
    VALID: { description: "Nothing: windows stay inside." },
  },
});

export const TextUnit = enumOf(textUnits);
registerEnumType(TextUnit, {
  name: "TextUnit",
  description: "What a text is taken apart into.",
  valuesConfig: {
    WORD: { description: "Words, numbers, pictographs and runs of marks." },
    CHARACTER: { description: "Single characters, the spaces between words included." },
  },
});

const described = describeArchitectures();
export const LayerType = enumOf(layerTypes);
registerEnumType(LayerType, {
  name: "LayerType",
  description: "What a layer does; `architectures` tells the settings of each.",
  valuesConfig: Object.fromEntries(
    described.flatMap(({ layers }) => layers.map(({ type, description }) => [type, { description }])),
  ),
});

export const ArchitecturePreset = enumOf(presetNames);
registerEnumType(ArchitecturePreset, {
  name: "ArchitecturePreset",
  description: "A named architecture; `architectures` tells the parameters of each.",
  valuesConfig: Object.fromEntries(described.map(({ preset, description }) => [preset, { description }])),
});

/** Bounds and defaults are those of the learning room, which checks a layer by its type. */
@InputType({
  description: "One hidden layer. Only settings of its type may be given; `architectures` lists them.",
})
@ObjectType("Layer", { description: "One hidden layer; settings that its type does not have are null." })
export class LayerInput {
  @Field(() => LayerType, { defaultValue: "DENSE", description: "What the layer does." })
  type: LayerTypeName = "DENSE";

  @Field(() => Int, { nullable: true, description: "Outputs, state or width of the feed-forward part." })
  units?: number | null;

  @Field(() => Int, { nullable: true, description: "Kernels of a convolution." })
  filters?: number | null;

  @Field(() => Int, { nullable: true, description: "Places along each side of a kernel. Default: 3." })
  kernelSize?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Places along each side of a pooling window. Default: 2.",
  })
  poolSize?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Places from one window to the next. Default: 1; of a pooling, its window.",
  })
  strides?: number | null;

  @Field(() => Padding, { nullable: true, description: "Default: SAME; of a pooling, VALID." })
  padding?: PaddingName | null;

  @Field(() => Int, { nullable: true, description: "Values that stand for one token." })
  dimensions?: number | null;

  @Field(() => TextUnit, {
    nullable: true,
    description: "What an EMBEDDING takes a text apart into. Default: WORD.",
  })
  tokens?: TextUnitName | null;

  @Field(() => Int, { nullable: true, description: "Attention heads. Default: 4." })
  heads?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Lets a TRANSFORMER_BLOCK's steps see only themselves and those before. Default: false.",
  })
  causal?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Gives every step's state instead of the last alone. Default: false.",
  })
  returnSequences?: boolean | null;

  @Field(() => [Int], { nullable: true, description: "The new sides of a RESHAPE." })
  shape?: number[] | null;

  @Field(() => Activation, {
    nullable: true,
    description: "What the layer's sums pass through. Default: RELU.",
  })
  activation?: ActivationName | null;

  @Field(() => Float, {
    nullable: true,
    description: "Share silenced while training, 0 to 0.95. Default: 0.",
  })
  dropout?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Factor of the squared weights added to the loss, 0 to 10. Default: 0.",
  })
  l2?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Normalises the layer's sums over the batch. Default: false.",
  })
  batchNormalization?: boolean | null;
}

@InputType({
  description: "Only parameters of the preset may be given; `architectures` lists them with bounds.",
})
@ObjectType("PresetParameters", { description: "Parameters that the preset does not have are null." })
export class PresetParametersInput {
  @Field(() => Int, {
    nullable: true,
    description: "How many layers or blocks follow each other; of a tree, how many questions.",
  })
  depth?: number | null;

  @Field(() => Int, { nullable: true, description: "How many trees are grown." })
  trees?: number | null;

  @Field(() => Int, { nullable: true, description: "Width of a layer." })
  units?: number | null;

  @Field(() => Int, { nullable: true, description: "Kernels of the first convolution." })
  filters?: number | null;

  @Field(() => Int, { nullable: true, description: "Places that a kernel sees at once along each side." })
  kernelSize?: number | null;

  @Field(() => Int, { nullable: true, description: "Attention heads." })
  heads?: number | null;

  @Field(() => Int, { nullable: true, description: "Values that stand for one token or step." })
  dimensions?: number | null;

  @Field(() => Activation, { nullable: true, description: "What the sums pass through." })
  activation?: ActivationName | null;

  @Field(() => Float, { nullable: true, description: "Share silenced while training." })
  dropout?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Factor of the squared weights added to the loss; of trees, of the squared values of leaves.",
  })
  l2?: number | null;

  @Field(() => Float, { nullable: true, description: "Share of the rows that each tree is grown on." })
  subsample?: number | null;

  @Field(() => Float, { nullable: true, description: "Share of the inputs that each tree may ask about." })
  columnSubsample?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Share of an input's borders that are compared for each question of a tree.",
  })
  borderSubsample?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Normalises sums over the batch." })
  batchNormalization?: boolean | null;
}

@InputType({ description: "A preset with its parameters, or the hidden layers one by one." })
@ObjectType("Architecture", {
  description:
    "A preset whose layers follow from the data, or the hidden layers; the output follows from the target.",
})
export class ArchitectureInput {
  @Field(() => ArchitecturePreset, {
    defaultValue: "CUSTOM",
    description: "CUSTOM goes by `layers`, every other by `parameters`.",
  })
  preset: PresetName = "CUSTOM";

  @Field(() => PresetParametersInput, {
    nullable: true,
    description: "What is left out is the preset's default.",
  })
  @ValidateNested()
  @IsOptional()
  parameters?: PresetParametersInput | null;

  @Field(() => [LayerInput], {
    nullable: true,
    description: "The hidden layers of CUSTOM, the first next to the inputs; none makes a linear model.",
  })
  @ValidateNested()
  @IsOptional()
  layers?: LayerInput[] | null;
}
