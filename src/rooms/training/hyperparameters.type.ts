import { IsOptional, Max, MaxLength, Min, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import {
  type ClusterAlgorithm as ClusterAlgorithmName,
  clusterAlgorithms,
  clusterLimits,
  generationLimits,
  type Normalization as NormalizationName,
  normalizations,
  optimizers,
  type OptimizerName,
  type TextUnit as TextUnitName,
} from "../learning/index.js";
import { Schedule } from "./schedule.type.js";
import { TextUnit } from "../models/index.js";

const { context } = generationLimits;

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

export const ClusterAlgorithm = Object.fromEntries(clusterAlgorithms.map((name) => [name, name])) as {
  [Name in ClusterAlgorithmName]: Name;
};
registerEnumType(ClusterAlgorithm, {
  name: "ClusterAlgorithm",
  description: "How clusters are found.",
  valuesConfig: {
    K_MEANS: { description: "Each row goes to the nearest centre; clusters are round and of one width." },
    GAUSSIAN_MIXTURE: {
      description:
        "A mixture of normal distributions with full covariances; clusters may be long and of any size.",
    },
  },
});

const least = 2;

@InputType("ClusteringInput", { description: "How clusters are looked for." })
@ObjectType({ description: "How clusters are looked for." })
export class Clustering {
  @Field(() => ClusterAlgorithm, {
    nullable: true,
    description: "How clusters are found. Default: K_MEANS.",
  })
  @IsOptional()
  algorithm?: ClusterAlgorithmName | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many there are, ${least} to ${clusterLimits.clusters}. Default: chosen, by the silhouette for K_MEANS and the Bayesian information criterion for GAUSSIAN_MIXTURE.`,
  })
  @IsOptional()
  @Min(least)
  @Max(clusterLimits.clusters)
  clusters?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `The most that may be chosen, ${least} to ${clusterLimits.tried}; not beside \`clusters\`. Default: 10.`,
  })
  @IsOptional()
  @Min(least)
  @Max(clusterLimits.tried)
  mostClusters?: number | null;
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

const ofNetworks = { nullable: true, description: "Null for a clustering." } as const;

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
  @Field(() => Int, ofNetworks) epochs?: number | null;
  @Field(() => Int, ofNetworks) batchSize?: number | null;
  @Field(() => Float, ofNetworks) learningRate?: number | null;
  @Field(() => Optimizer, ofNetworks) optimizer?: OptimizerName | null;
  @Field(() => Float, ofNetworks) validationSplit?: number | null;
  @Field(() => EarlyStopping, { nullable: true }) earlyStopping?: EarlyStopping | null;
  @Field(() => ClassWeights, ofNetworks) classWeights?: ClassWeights | "NONE" | "BALANCED" | null;
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
  @Field(() => Clustering, { nullable: true, description: "Null for all but a clustering." })
  clustering?: Clustering | null;
  @Field(() => TextUnit, { nullable: true, description: "Null unless it was given." })
  tokens?: TextUnitName | null;
  @Field(() => Int, { nullable: true, description: "Null unless it was given." })
  contextLength?: number | null;
}
