import { IsOptional, MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { Environment } from "../../models/index.js";
import { BatchPrediction, BatchPredictionFormat, BatchPredictionStatus } from "./batch-prediction.entity.js";

@InputType({ description: "Which version predicts, for which rows, and how the result is written." })
export class StartBatchPredictionInput {
  @Field(() => ID, { description: "The model that predicts." }) @MaxLength(100) modelId!: string;

  @Field(() => ID, {
    description: "A READY dataset with every column that the version reads. It needs no target.",
  })
  @MaxLength(100)
  datasetId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The number of the version, e.g. `1.0.0`. Default: what is deployed in the environment.",
  })
  @IsOptional()
  @MaxLength(100)
  version?: string | null;

  @Field(() => Environment, {
    nullable: true,
    description: "Whose version predicts, as it is now; PRODUCTION unless a version is named.",
  })
  @IsOptional()
  environment?: Environment | null;

  @Field(() => BatchPredictionFormat, {
    nullable: true,
    defaultValue: BatchPredictionFormat.CSV,
    description: "How the result is written.",
  })
  @IsOptional()
  format?: BatchPredictionFormat | null;
}

@InputType({ description: "Which batch prediction." })
export class CancelBatchPredictionInput {
  @Field(() => ID, { description: "The id of the batch prediction." }) @MaxLength(100) batchId!: string;
}

@InputType({ description: "Which result." })
export class ExportBatchPredictionInput {
  @Field(() => ID, { description: "The id of a batch prediction that has SUCCEEDED." })
  @MaxLength(100)
  batchId!: string;
}

@InputType({ description: "What is given must hold together." })
export class BatchPredictionFilter {
  @Field(() => ID, { nullable: true, description: "Those of this model." }) @IsOptional() modelId?:
    | string
    | null;
  @Field(() => ID, { nullable: true, description: "Those for this dataset." }) @IsOptional() datasetId?:
    | string
    | null;
  @Field(() => [BatchPredictionStatus], { nullable: true, description: "Those in any of these." })
  @IsOptional()
  statuses?: BatchPredictionStatus[] | null;
}

@ObjectType({ description: "The batch prediction that is queued." })
export class StartBatchPredictionPayload {
  @Field(() => BatchPrediction) batchPrediction!: BatchPrediction;
}

@ObjectType({ description: "The batch prediction as it ended." })
export class CancelBatchPredictionPayload {
  @Field(() => BatchPrediction) batchPrediction!: BatchPrediction;
}

@ObjectType({ description: "Where to fetch the result." })
export class ExportBatchPredictionPayload {
  @Field({
    description: "GET it within ten minutes, without credentials: whoever holds the URL may. Shown once.",
  })
  url!: string;

  @Field({ description: "When the URL ends, at the latest with the result." }) expiresAt!: Date;
  @Field(() => BatchPrediction) batchPrediction!: BatchPrediction;
}
