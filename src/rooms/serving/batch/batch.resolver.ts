import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root, Subscription } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import {
  ById,
  Connection,
  type Declared,
  filterBy,
  Needs,
  ToOne,
} from "../../../kernel/graphql/reads/declare.js";
import { Dataset } from "../../datasets/index.js";
import { Model, ModelVersion } from "../../models/index.js";
import { batchFeed } from "./batch-feed.js";
import { BatchPrediction, BatchPredictionProgress, progressOf } from "./batch-prediction.entity.js";
import {
  BatchPredictionFilter,
  CancelBatchPredictionInput,
  CancelBatchPredictionPayload,
  ExportBatchPredictionInput,
  ExportBatchPredictionPayload,
  StartBatchPredictionInput,
  StartBatchPredictionPayload,
} from "./batch.inputs.js";
import type { BatchService } from "./batch.service.js";

/** What type-graphql hands to `subscribe`. */
interface SubscribeInput {
  args: { batchId: string };
  context: TenantContext;
}

@Resolver(() => BatchPrediction)
export class BatchResolver {
  constructor(private readonly batches: BatchService) {}

  @Connection(BatchPrediction, {
    description: "The newest first.",
    filter: filterBy<BatchPredictionFilter, BatchPrediction>(BatchPredictionFilter, {
      modelId: ["modelId", "equal"],
      datasetId: ["datasetId", "equal"],
      statuses: ["status", "oneOf"],
    }),
  })
  readonly batchPredictions!: Declared;

  @ById(BatchPrediction, { description: "One batch prediction; null where there is none with this id." })
  readonly batchPrediction!: Declared;

  @ToOne(ModelVersion, { key: "versionId", description: "What predicts." })
  readonly version!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;

  @ToOne(Dataset, { key: "datasetId", nullable: true, description: "Null once the dataset was deleted." })
  readonly dataset!: Declared;

  @Mutation(() => StartBatchPredictionPayload, {
    description:
      "Queues predictions for every row of a dataset. What is bound to fail is refused here. Rows are metered as they are done, like those of `predict`, and stay metered where it fails or is cancelled.",
  })
  async startBatchPrediction(
    @Ctx() context: TenantContext,
    @Arg("input") input: StartBatchPredictionInput,
  ): Promise<StartBatchPredictionPayload> {
    return { batchPrediction: await this.batches.start(context, input) };
  }

  @Mutation(() => CancelBatchPredictionPayload, {
    description: "Final at once. What was done stays metered, and has no result.",
  })
  async cancelBatchPrediction(
    @Ctx() context: TenantContext,
    @Arg("input") { batchId }: CancelBatchPredictionInput,
  ): Promise<CancelBatchPredictionPayload> {
    return { batchPrediction: await this.batches.cancel(context, batchId) };
  }

  @Mutation(() => ExportBatchPredictionPayload, {
    description:
      "A short-lived URL of the result: the dataset's own columns and the predictions. What is fetched there is metered in bytes.",
  })
  exportBatchPrediction(
    @Ctx() context: TenantContext,
    @Arg("input") { batchId }: ExportBatchPredictionInput,
  ): Promise<ExportBatchPredictionPayload> {
    return this.batches.export(context, batchId);
  }

  @Subscription(() => BatchPredictionProgress, {
    description: "The state now, then as rows are stored, until it has ended.",
    subscribe: ({ args, context }: SubscribeInput) =>
      batchFeed(context.notifications).follow(context, args.batchId),
  })
  batchPredictionProgress(
    @Arg("batchId", () => ID) _batchId: string,
    @Root() progress: BatchPredictionProgress,
  ): BatchPredictionProgress {
    return progress;
  }

  @Needs("status", "rowsDone", "rows", "etaMs")
  @FieldResolver(() => BatchPredictionProgress)
  progress(@Root() batch: BatchPrediction): BatchPredictionProgress {
    return progressOf(batch);
  }
}
