import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { type SearchAlgorithm, searchAlgorithms } from "../learning/index.js";
import { TrainingJobStatus } from "../training/index.js";

export const AutomlAlgorithm = enumOf(searchAlgorithms);
registerEnumType(AutomlAlgorithm, {
  name: "AutomlAlgorithm",
  description: "Kinds of models that a search tries.",
  valuesConfig: {
    LINEAR: { description: "No hidden layer; of a text, over its term weights." },
    TREES: { description: "Gradient-boosted trees, over numbers, truth values and categories." },
    DENSE: { description: "Layers in which every value sees every other; of a text, over its term weights." },
    CONVOLUTION: {
      description: "Patterns wherever they stand: in images, texts, and 16 numeric columns or more.",
    },
    SEQUENCE: {
      description: "LSTM, GRU or transformer: step by step through texts, and 16 numeric columns or more.",
    },
  },
});

export enum AutomlTrialStatus {
  WAITING = "WAITING",
  TRAINING = "TRAINING",
  SCORED = "SCORED",
  DROPPED = "DROPPED",
  FAILED = "FAILED",
  WINNER = "WINNER",
}
registerEnumType(AutomlTrialStatus, {
  name: "AutomlTrialStatus",
  description: "How far a trial is.",
  valuesConfig: {
    WAITING: { description: "Not begun." },
    TRAINING: { description: "Trained and not yet scored at this rung." },
    SCORED: { description: "Scored, and may be trained further." },
    DROPPED: { description: "Left behind: others were better, or the time was over." },
    FAILED: { description: "Can't be trained on this data; its failure says why." },
    WINNER: { description: "Its settings are the version's." },
  },
});

@ObjectType({ description: "A place on the leaderboard." })
export class AutomlStanding {
  @Field(() => Int, { description: "The trial's number, from 1." }) number!: number;
  @Field(() => AutomlAlgorithm) algorithm!: SearchAlgorithm;
  @Field({ description: "Its settings in words." }) summary!: string;
  @Field(() => Float, { description: "The run's metric on rows that it was not trained on." }) score!: number;
  @Field(() => Float, { nullable: true, description: "Standard deviation over the folds; null for one." })
  deviation!: number | null;
  @Field(() => Int, { description: "Epochs after which it was worth so much." }) epochs!: number;
  @Field(() => AutomlTrialStatus) status!: AutomlTrialStatus | keyof typeof AutomlTrialStatus;
}

@ObjectType({ description: "What is trained at the moment." })
export class AutomlCurrent {
  @Field(() => Int, { description: "The trial's number, from 1." }) number!: number;
  @Field(() => AutomlAlgorithm) algorithm!: SearchAlgorithm;
  @Field(() => Int, { nullable: true, description: "From 1; null while the winner is trained on all rows." })
  rung!: number | null;
  @Field(() => Int, { description: "Epochs done." }) epoch!: number;
  @Field(() => Int, { description: "Epochs of this rung." }) epochs!: number;
}

@ObjectType({ description: "How far a search is." })
export class AutomlProgress {
  @Field(() => TrainingJobStatus) status!: TrainingJobStatus;
  @Field(() => Int, { description: "Trials that the run may make." }) trials!: number;
  @Field(() => Int, { description: "Trials that have a score." }) scored!: number;
  @Field(() => Int, { description: "Milliseconds searched so far; waiting in the queue is not in it." })
  elapsedMs!: number;
  @Field(() => AutomlCurrent, { nullable: true }) current!: AutomlCurrent | null;
  @Field(() => [AutomlStanding], { description: "The ten best so far, the best first." })
  leaderboard!: AutomlStanding[];
}
