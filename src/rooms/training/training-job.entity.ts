import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { Column, Entity, PrimaryColumn, type ValueTransformer } from "typeorm";
import { ErrorCode } from "../../kernel/graphql/schema.js";
import { Node } from "../../kernel/graphql/node.js";
import {
  type ArchitectureChoice,
  causeOfCode,
  type FailureCause as FailureCauseName,
  failureCauses,
  type LearningTask,
  type SplitPlan,
} from "../learning/index.js";
import { Kernels } from "../models/index.js";
import { Hyperparameters } from "./hyperparameters.type.js";

export enum TrainingJobStatus {
  QUEUED = "QUEUED",
  RUNNING = "RUNNING",
  SUCCEEDED = "SUCCEEDED",
  FAILED = "FAILED",
  CANCELLED = "CANCELLED",
}
registerEnumType(TrainingJobStatus, {
  name: "TrainingJobStatus",
  description:
    "The last three are final. A suspension of the tenant puts a RUNNING job back to QUEUED; it goes on from its last epoch.",
  valuesConfig: {
    QUEUED: { description: "Waits for its turn." },
    RUNNING: { description: "Is worked on." },
    SUCCEEDED: { description: "Ended with its result." },
    FAILED: { description: "Ended without one; its failure says why." },
    CANCELLED: { description: "Ended by a caller." },
  },
});

/**
 * Which status may follow which. A job whose worker died stays RUNNING and is taken up again; one whose tenant is
 * suspended goes back to QUEUED, with its progress, since nothing of it runs until the tenant is resumed.
 */
export const lifecycle: Record<TrainingJobStatus, readonly TrainingJobStatus[]> = {
  [TrainingJobStatus.QUEUED]: [
    TrainingJobStatus.RUNNING,
    TrainingJobStatus.FAILED,
    TrainingJobStatus.CANCELLED,
  ],
  [TrainingJobStatus.RUNNING]: [
    TrainingJobStatus.QUEUED,
    TrainingJobStatus.SUCCEEDED,
    TrainingJobStatus.FAILED,
    TrainingJobStatus.CANCELLED,
  ],
  [TrainingJobStatus.SUCCEEDED]: [],
  [TrainingJobStatus.FAILED]: [],
  [TrainingJobStatus.CANCELLED]: [],
};

export const isFinal = (status: TrainingJobStatus): boolean => lifecycle[status].length === 0;

@ObjectType({
  description:
    "How far a training is. Losses of a regression are of the standardised target, those of a clustering a row's squared distance or negative log-likelihood.",
})
export class TrainingProgress {
  @Field(() => TrainingJobStatus) status!: TrainingJobStatus;
  @Field(() => Int, { description: "Epochs done." }) epoch!: number;
  @Field(() => Int, { description: "Epochs at most; early stopping may need fewer." }) epochs!: number;
  @Field(() => Float, { nullable: true }) loss!: number | null;
  @Field(() => Float, { nullable: true }) accuracy!: number | null;
  @Field(() => Float, { nullable: true }) valLoss!: number | null;
  @Field(() => Float, { nullable: true }) valAccuracy!: number | null;
  @Field(() => Float, { nullable: true, description: "Expected time to the last epoch." }) etaMs!:
    | number
    | null;
}

export const FailureCause = enumOf(failureCauses);
registerEnumType(FailureCause, {
  name: "FailureCause",
  description: "Why a training failed.",
  valuesConfig: {
    DIVERGED: { description: "The loss was no finite number any more: the steps were too large." },
    OUT_OF_MEMORY: { description: "It needed more memory than a training may use." },
    OUT_OF_TIME: { description: "It took longer than a training may." },
    BAD_DATA: { description: "Nothing can be learnt from these rows." },
    BAD_SETTINGS: { description: "What was asked for does not fit together." },
    CRASHED: { description: "Its process ended again and again, and nobody knows why." },
    INTERNAL: { description: "An error on our side." },
  },
});

/** Failures of before have no cause on record; their code tells it as far as it is known. */
const storedFailure: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: (Omit<TrainingFailure, "cause"> & Partial<TrainingFailure>) | null) =>
    value && { ...value, cause: value.cause ?? causeOfCode(value.code) },
};

@ObjectType({ description: "Why a training failed, and what to do." })
export class TrainingFailure {
  @Field(() => FailureCause, { description: "What to look for, in one word." }) cause!: FailureCauseName;
  @Field(() => ErrorCode) code!: string;
  @Field() message!: string;
}

export interface TrainingPlan {
  task: LearningTask;
  /** Null is one that suits the data. */
  architecture: ArchitectureChoice | null;
  /** Null is every fourth row; absent in jobs of before. */
  split?: SplitPlan | null;
  /** The version whose weights it goes on from. */
  base?: TrainingBase | null;
}

export interface TrainingBase {
  versionId: string;
  number: string;
  trainableLayers: number | null;
}

@Entity({ name: "training_job" })
@ObjectType({ implements: Node, description: "One run that trains a version from a dataset." })
export class TrainingJob implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  /** Null once the dataset was deleted, which no open job allows. */
  @Column("text", { nullable: true })
  datasetId!: string | null;

  @Column("text", { nullable: true })
  versionId!: string | null;

  @Field(() => TrainingJobStatus)
  @Column("text")
  status!: TrainingJobStatus;

  @Field(() => Int, { description: "The same seed, data and settings give the same weights to the bit." })
  @Column("integer")
  seed!: number;

  @Field(() => Hyperparameters)
  @Column("jsonb")
  hyperparameters!: Hyperparameters;

  /** What is learnt, as the model said when the job was queued: a model changed meanwhile counts for the next one. */
  @Column("jsonb")
  plan!: TrainingPlan;

  /** Without its status, which is the job's. */
  @Column("jsonb", { nullable: true })
  progress!: Omit<TrainingProgress, "status"> | null;

  @Field(() => TrainingFailure, { nullable: true })
  @Column("jsonb", { nullable: true, transformer: storedFailure })
  failure!: TrainingFailure | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The epoch whose weights the version has: with early stopping the best one, of a clustering the one that was chosen, else the last. Null until it has SUCCEEDED.",
  })
  @Column("integer", { nullable: true })
  bestEpoch!: number | null;

  @Field(() => Kernels, {
    nullable: true,
    description:
      "What computes the weights; null until it has begun, and for jobs older than the record of it.",
  })
  @Column("jsonb", { nullable: true })
  kernels!: Kernels | null;

  /** Time spent in training epochs, over all attempts; what is metered. */
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

/** The job's progress as callers see it, before the first epoch too. */
export const progressOf = ({ status, progress, hyperparameters }: TrainingJob): TrainingProgress => ({
  epoch: 0,
  // How many epochs a search for clusters has at most is known once it has read the rows.
  epochs: hyperparameters.epochs ?? 1,
  loss: null,
  accuracy: null,
  valLoss: null,
  valAccuracy: null,
  etaMs: null,
  ...progress,
  status,
});
