import { IsOptional, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { rangeText } from "../../kernel/range.js";
import {
  generationLimits,
  hyperparameterLimits as limits,
  type Normalization as NormalizationName,
  type OptimizerName,
  type TextUnit as TextUnitName,
} from "../learning/index.js";
import { TextUnit } from "../models/index.js";
import { Clustering } from "./clustering.type.js";
import {
  Augmentation,
  ClassWeight,
  ClassWeights,
  EarlyStopping,
  Normalization,
  Optimizer,
} from "./hyperparameter-parts.type.js";
import { Schedule } from "./schedule.type.js";

const { context } = generationLimits;

@InputType({ description: "What is left out is chosen to suit the data." })
export class HyperparametersInput {
  @Field(() => Int, { nullable: true, description: `${rangeText(limits.epochs)}.` })
  @IsOptional()
  @Within(limits.epochs)
  epochs?: number | null;

  @Field(() => Int, { nullable: true, description: `${rangeText(limits.batchSize)}.` })
  @IsOptional()
  @Within(limits.batchSize)
  batchSize?: number | null;

  @Field(() => Float, { nullable: true, description: `${rangeText(limits.learningRate)}.` })
  @IsOptional()
  @Within(limits.learningRate)
  learningRate?: number | null;

  @Field(() => Optimizer, { nullable: true, description: "How weights follow the gradient." })
  @IsOptional()
  optimizer?: OptimizerName | null;

  @Field(() => Float, {
    nullable: true,
    description: `Part of the training rows held out for live validation, ${rangeText(limits.validationSplit)}.`,
  })
  @IsOptional()
  @Within(limits.validationSplit)
  validationSplit?: number | null;

  @Field(() => EarlyStopping, {
    nullable: true,
    description:
      "When to stop before the last epoch. Default: never; of a time series, 40 epochs without improvement.",
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

  @Field(() => Clustering, {
    nullable: true,
    description: "For models of type CLUSTERING, which take nothing else of this.",
  })
  @IsOptional()
  @ValidateNested()
  clustering?: Clustering | null;

  @Field(() => [ClassWeight], {
    nullable: true,
    description: "Weights of classes by hand, instead of BALANCED. Default: none.",
  })
  @IsOptional()
  @ValidateNested({ each: true })
  weightsOfClasses?: ClassWeight[] | null;

  @Field(() => Normalization, {
    nullable: true,
    description: "How columns of numbers are scaled. Default: STANDARD.",
  })
  @IsOptional()
  normalization?: NormalizationName | null;

  @Field(() => Schedule, {
    nullable: true,
    description: "How the learning rate goes over the epochs. Default: one rate for all.",
  })
  @IsOptional()
  @ValidateNested()
  schedule?: Schedule | null;

  @Field(() => Float, {
    nullable: true,
    description: `With ADAM: part of each weight, times the rate, that a step takes away, ${rangeText(limits.weightDecay)}. Default: 0.`,
  })
  @IsOptional()
  @Within(limits.weightDecay)
  weightDecay?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `Longest gradient over all weights, ${rangeText(limits.clipNorm)}. Default: any length.`,
  })
  @IsOptional()
  @Within(limits.clipNorm)
  clipNorm?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `For models of type CLASSIFICATION, REGRESSION and IMAGE, unless texts are all they read: how much each row is mixed with another one while training, inputs and targets alike (mixup), as the alpha of a Beta distribution, ${rangeText(limits.mixup)}; 0 is not at all. Default: none.`,
  })
  @IsOptional()
  @Within(limits.mixup)
  mixup?: number | null;

  @Field(() => TextUnit, {
    nullable: true,
    description:
      "For models of type TEXT_GENERATION alone: what texts are taken apart into, unless the EMBEDDING says. Default: CHARACTER.",
  })
  @IsOptional()
  tokens?: TextUnitName | null;

  @Field(() => Int, {
    nullable: true,
    description: `For models of type TEXT_GENERATION alone: tokens that the network sees at once, ${rangeText(context)}. Default: 64 characters or 24 words.`,
  })
  @IsOptional()
  @Within(context)
  contextLength?: number | null;
}
