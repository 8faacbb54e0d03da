import { Field, Float, Int, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import type {
  Fold,
  LearningTask,
  MeasureName,
  SearchAlgorithm,
  SearchPlan,
  SplitPlan,
} from "../learning/index.js";
import { EvaluationMetric } from "../models/index.js";
import { TrainingFailure, TrainingJobStatus } from "../training/index.js";
import {
  AutomlAlgorithm,
  type AutomlCurrent,
  type AutomlProgress,
  type AutomlStanding,
} from "./automl-progress.type.js";

/** What is searched for, as the model and the data said when the run was queued. */
interface RunPlan {
  task: LearningTask;
  /** How the rows are held out that no trial sees; null, or left out by runs of before it could be asked for. */
  split?: SplitPlan | null;
  /** What each setting is scored on. */
  folds: Fold[];
  search: SearchPlan;
  /** Whether the rows have been looked at, and the folds are those that they allow. */
  surveyed?: true;
}

/** Who won, at which rung, and why. */
export interface Winner {
  trialId: string;
  number: number;
  epochs: number;
  score: number;
  reason: string;
}

/** What callers see of a run at work. */
export interface Leaderboard {
  scored: number;
  standings: AutomlStanding[];
}

@Entity({ name: "automl_run" })
@ObjectType({
  implements: Node,
  description: "A search for the settings under which a model learns best from a dataset.",
})
export class AutomlRun implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  /** Null once the dataset was deleted, which no open run allows. */
  @Column("text", { nullable: true })
  datasetId!: string | null;

  @Column("text", { nullable: true })
  versionId!: string | null;

  @Field(() => TrainingJobStatus)
  @Column("text")
  status!: TrainingJobStatus;

  @Field(() => Int, {
    description:
      "The same seed, data and limits try the same settings; only the time limit depends on the machine.",
  })
  @Column("integer")
  seed!: number;

  @Field(() => EvaluationMetric, { description: "What the search goes by." })
  @Column("text")
  metric!: MeasureName;

  @Field(() => [AutomlAlgorithm], { description: "What may be tried." })
  @Column("jsonb")
  algorithms!: SearchAlgorithm[];

  @Field(() => Int, { description: "Seconds after which the best so far is taken." })
  @Column("integer")
  timeLimitSeconds!: number;

  @Field(() => Int, { description: "Settings that are tried." })
  @Column("integer")
  trialLimit!: number;

  @Column("jsonb")
  plan!: RunPlan;

  @Column("jsonb")
  leaderboard!: Leaderboard;

  @Column("jsonb", { nullable: true })
  current!: AutomlCurrent | null;

  @Column("jsonb", { nullable: true })
  winner!: Winner | null;

  @Field(() => TrainingFailure, { nullable: true })
  @Column("jsonb", { nullable: true })
  failure!: TrainingFailure | null;

  /** Time of the search over all attempts, which the time limit bounds. */
  @Column("double precision")
  searchedMs!: number;

  /** Time spent in training epochs of all trials and the winner; what is metered. */
  @Field(() => Float, { description: "Milliseconds of training over all trials, as they are metered." })
  @Column("double precision")
  trainedMs!: number;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field(() => Date, { nullable: true })
  @Column("timestamptz", { nullable: true })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true })
  @Column("timestamptz", { nullable: true })
  finishedAt!: Date | null;
}

/** What travels in the news of a run: all of its progress but the status. */
export const newsOf = (
  run: Pick<AutomlRun, "trialLimit" | "leaderboard" | "current" | "searchedMs">,
): Omit<AutomlProgress, "status"> => ({
  trials: run.trialLimit,
  scored: run.leaderboard.scored,
  elapsedMs: Math.round(run.searchedMs),
  current: run.current,
  leaderboard: run.leaderboard.standings,
});

export const progressOf = (run: AutomlRun): AutomlProgress => ({ ...newsOf(run), status: run.status });
