import { MaxLength } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { Within } from "../../kernel/graphql/within.js";
import { rangeText } from "../../kernel/range.js";
import { hyperparameterLimits as limits, normalizations, optimizers } from "../learning/index.js";

/* Parts of what a training is told, the same on the way in and on the way out. */

export const Optimizer = enumOf(optimizers);
registerEnumType(Optimizer, {
  name: "Optimizer",
  description: "How weights follow the gradient.",
  valuesConfig: {
    ADAM: { description: "Each weight at a pace of its own, by the mean and the spread of its gradients." },
    SGD: { description: "Straight down the gradient of each batch." },
    MOMENTUM: { description: "As SGD, with nine tenths of the step before added." },
    RMSPROP: { description: "Each weight at a pace of its own, by the size of its latest gradients." },
    ADAGRAD: { description: "Each weight at a pace of its own, slower the more it has moved." },
  },
});

export const Normalization = enumOf(normalizations);
registerEnumType(Normalization, {
  name: "Normalization",
  description: "How numbers are scaled before the network sees them; learnt on the training rows.",
  valuesConfig: {
    STANDARD: { description: "Mean 0 and standard deviation 1." },
    MIN_MAX: { description: "0 at the least and 1 at the largest." },
    ROBUST: { description: "Median 0 and interquartile range 1, which outliers hardly move." },
    NONE: { description: "As they stand." },
  },
});

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
  @Field(() => Int, {
    defaultValue: 10,
    description: `Epochs without improvement, ${rangeText(limits.patience)}.`,
  })
  @Within(limits.patience)
  patience: number = 10;

  @Field(() => Float, {
    defaultValue: 0,
    description: "Improvement of the loss below which an epoch counts as none.",
  })
  @Within(limits.minDelta)
  minDelta: number = 0;
}

@InputType("AugmentationInput", { description: "Images differ a little from epoch to epoch." })
@ObjectType({ description: "Images differ a little from epoch to epoch." })
export class Augmentation {
  @Field(() => Float, {
    defaultValue: 0,
    description: `Most that an image is moved, as a part of its height and width, ${rangeText(limits.shift)}.`,
  })
  @Within(limits.shift)
  shift: number = 0;

  @Field({ defaultValue: false, description: "Mirrors half of the images left to right." })
  flip: boolean = false;
}

@InputType("ClassWeightInput", { description: "How much the rows of a class count." })
@ObjectType({ description: "How much the rows of a class count." })
export class ClassWeight {
  @Field({ description: "The class." })
  @MaxLength(1_000)
  label!: string;

  @Field(() => Float, {
    description: `${rangeText(limits.classWeight)}; a class that is not named counts 1.`,
  })
  @Within(limits.classWeight)
  weight!: number;
}
