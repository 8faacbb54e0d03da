import { Field, Float, Int, ObjectType } from "type-graphql";
import type {
  Normalization as NormalizationName,
  OptimizerName,
  TextUnit as TextUnitName,
} from "../learning/index.js";
import { TextUnit } from "../models/index.js";
import { Boosting } from "./boosting.type.js";
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

const ofNetworks = { nullable: true, description: "Null where the training knows no such thing." } as const;

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
  @Field(() => Float, { nullable: true }) mixup?: number | null;
  @Field(() => FineTuning, {
    nullable: true,
    description: "Of a version that went on from its parent's weights; null for one that began afresh.",
  })
  fineTuning?: FineTuning | null;
  @Field(() => Clustering, { nullable: true, description: "Null for all but a clustering." })
  clustering?: Clustering | null;
  @Field(() => Boosting, { nullable: true, description: "Null for all but gradient-boosted trees." })
  boosting?: Boosting | null;
  @Field(() => TextUnit, { nullable: true, description: "Null unless it was given." })
  tokens?: TextUnitName | null;
  @Field(() => Int, { nullable: true, description: "Null unless it was given." })
  contextLength?: number | null;
}
