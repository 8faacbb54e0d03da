import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../../kernel/graphql/node.js";
import { SafeInt } from "../../../kernel/graphql/scalars.js";
import { ErrorCode } from "../../../kernel/graphql/schema.js";

export enum BatchPredictionStatus {
  QUEUED = "QUEUED",
  RUNNING = "RUNNING",
  SUCCEEDED = "SUCCEEDED",
  FAILED = "FAILED",
  CANCELLED = "CANCELLED",
}
registerEnumType(BatchPredictionStatus, {
  name: "BatchPredictionStatus",
  description:
    "The last three are final. A suspension of the tenant puts a RUNNING one back to QUEUED; it goes on after its last stored rows.",
  valuesConfig: {
    QUEUED: { description: "Waits for its turn." },
    RUNNING: { description: "Is worked on." },
    SUCCEEDED: { description: "Ended with its result." },
    FAILED: { description: "Ended without one; its failure says why." },
    CANCELLED: { description: "Ended by a caller." },
  },
});

export enum BatchPredictionFormat {
  CSV = "CSV",
  JSON_LINES = "JSON_LINES",
}
registerEnumType(BatchPredictionFormat, {
  name: "BatchPredictionFormat",
  description: "How the result is written, in UTF-8.",
  valuesConfig: {
    CSV: {
      description:
        "After RFC 4180, with a header. A cell that a spreadsheet could take for a formula (it begins with =, +, -, @, a tab or a line break, and is no number) has an apostrophe before it.",
    },
    JSON_LINES: { description: "One object a line; every cell of the dataset as its text, or null." },
  },
});

const final: ReadonlySet<BatchPredictionStatus> = new Set([
  BatchPredictionStatus.SUCCEEDED,
  BatchPredictionStatus.FAILED,
  BatchPredictionStatus.CANCELLED,
]);
export const isFinal = (status: BatchPredictionStatus): boolean => final.has(status);

@ObjectType({ description: "How far a batch prediction is." })
export class BatchPredictionProgress {
  @Field(() => BatchPredictionStatus) status!: BatchPredictionStatus;
  @Field(() => Int, { description: "Rows predicted, stored and metered." }) rowsDone!: number;
  @Field(() => Int, { description: "Rows of the dataset." }) rows!: number;
  @Field(() => Float, { nullable: true, description: "Expected time to the last row." }) etaMs!:
    | number
    | null;
}

@ObjectType({ description: "Why a batch prediction failed, and what to do." })
export class BatchPredictionFailure {
  @Field(() => ErrorCode) code!: string;
  @Field() message!: string;
}

/** Postgres gives a bigint as text; results stay far below 2^53 bytes. */
const bigint = { to: (value: unknown) => value, from: Number };

@Entity({ name: "batch_prediction" })
@ObjectType({ implements: Node, description: "The predictions for every row of a dataset, as one file." })
export class BatchPrediction implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  @Column("text")
  versionId!: string;

  /** Null once the dataset was deleted, which no open job allows. */
  @Column("text", { nullable: true })
  datasetId!: string | null;

  @Field(() => BatchPredictionStatus)
  @Column("text")
  status!: BatchPredictionStatus;

  @Field(() => BatchPredictionFormat)
  @Column("text")
  format!: BatchPredictionFormat;

  @Column("integer")
  rows!: number;

  @Column("integer")
  rowsDone!: number;

  /** Pieces stored so far; 0 again once the result was removed. */
  @Column("integer")
  pieces!: number;

  @Column("double precision", { nullable: true })
  etaMs!: number | null;

  @Field(() => SafeInt, { description: "Size of the result; of the finished part until it has SUCCEEDED." })
  @Column("bigint", { transformer: bigint })
  sizeBytes!: number;

  @Field(() => BatchPredictionFailure, { nullable: true })
  @Column("jsonb", { nullable: true })
  failure!: BatchPredictionFailure | null;

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

  @Field(() => Date, {
    nullable: true,
    description:
      "When the result is removed, 30 days after its end unless the house has another setting; null until it has SUCCEEDED. The other facts stay.",
  })
  @Column("timestamptz", { nullable: true })
  expiresAt!: Date | null;
}

export const progressOf = ({ status, rowsDone, rows, etaMs }: BatchPrediction): BatchPredictionProgress => ({
  status,
  rowsDone,
  rows,
  etaMs,
});
