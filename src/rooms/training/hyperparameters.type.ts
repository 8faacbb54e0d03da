import { IsOptional, Max, MaxLength, Min, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import {
  type Normalization as NormalizationName,
  normalizations,
  optimizers,
  type OptimizerName,
} from "../learning/index.js";
import { Schedule } from "./schedule.type.js";

/** As enum objects, which type-graphql asks for. */
export const Optimizer = Object.fromEntries(optimizers.map((name) => [name, name])) as {
  [Name in OptimizerName]: Name;
};
registerEnumType(Optimizer, { name: "Optimizer", description: "How weights follow the gradient." });

export const Normalization = Object.fromEntries(normalizations.map((name) => [name, name])) as {
  [Name in NormalizationName]: Name;
};
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

@InputType("ClassWeightInput", { description: "How much the rows of a class count." })
@ObjectType({ description: "How much the rows of a class count." })
export class ClassWeight {
  @Field({ description: "The class." })
  @MaxLength(1_000)
  label!: string;

  @Field(() => Float, { description: "0.001 to 1,000; a class that is not named counts 1." })
  @Min(0.001)
  @Max(1_000)
  weight!: number;
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
    description:
      "With ADAM: part of each weight, times the rate, that a step takes away, 0 to 1. Default: 0.",
  })
  @IsOptional()
  @Min(0)
  @Max(1)
  weightDecay?: number | null;
  @Field(() => Float, {
    nullable: true,
    description: "Longest gradient over all weights, 0.000001 to 1,000,000. Default: any length.",
  })
  @IsOptional()
  @Min(1e-6)
  @Max(1e6)
  clipNorm?: number | null;
}

@ObjectType({ description: "What a version that went on from its parent's weights was allowed to change." })
export class FineTuning {
  @Field(() => Int, {
    nullable: true,
    description: "How many of the last layers learnt, the output layer among them. Null is all of them.",
  })
  trainableLayers!: number | null;
}

@ObjectType({
  description: "What a training went by. What is null was not chosen, or is newer than the training.",
})
export class Hyperparameters {
  @Field(() => Int) epochs!: number;
  @Field(() => Int) batchSize!: number;
  @Field(() => Float) learningRate!: number;
  @Field(() => Optimizer) optimizer!: OptimizerName;
  @Field(() => Float) validationSplit!: number;
  @Field(() => EarlyStopping, { nullable: true }) earlyStopping!: EarlyStopping | null;
  @Field(() => ClassWeights) classWeights!: ClassWeights | "NONE" | "BALANCED";
  @Field(() => Augmentation, { nullable: true }) augmentation?: Augmentation | null;
  @Field(() => [ClassWeight], { nullable: true }) weightsOfClasses?: ClassWeight[] | null;
  @Field(() => Normalization, { nullable: true }) normalization?: NormalizationName | null;
  @Field(() => Schedule, { nullable: true }) schedule?: Schedule | null;
  @Field(() => Float, { nullable: true }) weightDecay?: number | null;
  @Field(() => Float, { nullable: true }) clipNorm?: number | null;
  @Field(() => FineTuning, {
    nullable: true,
    description: "Of a version that went on from its parent's weights; null for one that began afresh.",
  })
  fineTuning?: FineTuning | null;
}
