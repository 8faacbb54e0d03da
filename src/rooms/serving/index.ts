// The room of serving: predictions with what is deployed, and versions as files for use elsewhere.
// Invariants: a prediction is answered, and a row of a batch stored, only with its usage committed; a tenant's artefact is
// loaded only through that tenant's scope and kept under a key that names the tenant; a download's token opens one
// version or one result of one tenant for minutes, and nothing else; of a batch only a finished one has a result, until
// that expires.
import { NotFound } from "../../kernel/errors.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { tenantNode } from "../../kernel/graphql/node.js";
import { TenantSweeper } from "../tenancy/index.js";
import { BatchPrediction } from "./batch/batch-prediction.entity.js";
import { batchRun } from "./batch/batch.job.js";
import { BatchResolver } from "./batch/batch.resolver.js";
import { BatchRunner } from "./batch/batch.runner.js";
import { resultSweep } from "./batch/batch-sweep.js";
import { BatchService } from "./batch/batch.service.js";
import { ComparisonService } from "./comparison/comparison.service.js";
import { ComparisonResolver } from "./comparison/comparison.resolver.js";
import { Download } from "./download.entity.js";
import { DownloadGrants } from "./download-grants.js";
import { downloadLimits, DownloadSlots } from "./download-slots.js";
import { downloadRoutes } from "./download.routes.js";
import { DownloadService } from "./download.service.js";
import { ExportResolver } from "./export.resolver.js";
import { ExportService } from "./export.service.js";
import { GenerationResolver } from "./generation/generation.resolver.js";
import { GenerationService } from "./generation/generation.service.js";
import { ExplanationResolver } from "./explanation/explanation.resolver.js";
import { HealthResolver } from "./health/health.resolver.js";
import { PredictionService } from "./prediction.service.js";
import { ServingResolver } from "./serving.resolver.js";
import type { ServingServices } from "./services.js";

/** Events of a model after which something else, or nothing, answers. */
const forgetful = new Set([
  "model.deployed",
  "model.canaryDeployed",
  "model.rolledBack",
  "model.undeployed",
  "model.deleted",
]);

export function servingRoom(kernel: Kernel, services: ServingServices): Room {
  const { metering, models, versions } = services;
  const predictions = new PredictionService(kernel, metering, models, versions);
  const comparisons = new ComparisonService(services, predictions);
  const downloads = new DownloadService(services, kernel.log);
  const grants = new DownloadGrants();
  const batches = new BatchService(kernel, services, predictions, grants);
  const sweeper = new TenantSweeper(kernel, services.tenancy, resultSweep);
  const slots = new DownloadSlots(downloadLimits);
  return {
    name: "serving",
    entities: [Download, BatchPrediction],
    constraints: {
      // What is to be downloaded may be deleted while leave for it is given.
      download_version_id_fkey: NotFound,
      download_batch_id_fkey: NotFound,
      // As may what a batch prediction needs while it is queued.
      batch_prediction_model_id_fkey: NotFound,
      batch_prediction_version_id_fkey: NotFound,
      batch_prediction_dataset_id_fkey: NotFound,
    },
    jobs: [batchRun],
    resolvers: [
      new ServingResolver(predictions),
      new ComparisonResolver(comparisons),
      new GenerationResolver(kernel.notifications, new GenerationService(kernel, metering, predictions)),
      new ExportResolver(new ExportService(versions, grants)),
      new BatchResolver(batches),
      new ExplanationResolver(predictions),
      new HealthResolver(predictions),
    ],
    rules: {
      Query: { batchPredictions: can("prediction:create"), batchPrediction: can("prediction:create") },
      // Comparing on another dataset predicts, and asks for that permission too; a batch reads its dataset.
      Mutation: {
        predict: can("prediction:create"),
        explainPrediction: can("prediction:create"),
        compareVersions: can("model:read"),
        exportVersion: can("model:export"),
        generateText: can("prediction:create"),
        startBatchPrediction: can("prediction:create"),
        cancelBatchPrediction: can("prediction:create"),
        exportBatchPrediction: can("prediction:create"),
      },
      Subscription: {
        batchPredictionProgress: can("prediction:create"),
        textGeneration: can("prediction:create"),
      },
      // As in the answer of `predict`, the version shows its number to whoever may predict.
      BatchPrediction: {
        version: can("prediction:create"),
        model: can("model:read"),
        dataset: can("dataset:read"),
      },
      // As in the payload of a prediction: its number, and no more.
      TextGenerationPiece: { version: can("prediction:create") },
      Deployment: { health: can("model:read") },
      VersionHealth: { version: can("model:read") },
      VersionComparison: {
        first: can("model:read"),
        second: can("model:read"),
        better: can("model:read"),
        dataset: can("dataset:read"),
      },
    },
    nodes: [tenantNode("batch", BatchPrediction, can("prediction:create"))],
    listener: {
      inTransaction: async (work, events) => {
        for (const { type, subject } of events)
          if (type === "model.deleted" && subject !== null) await batches.removeOf(work, subject);
      },
      // In this process at once, so that whoever deployed is answered by it; the others hear of it by notification.
      afterCommit: (work, events) => {
        for (const { type, subject } of events)
          if (forgetful.has(type) && subject !== null) predictions.forget(work.tenant.id, subject);
      },
    },
    routes: (server) =>
      void server.register((scope) => downloadRoutes(scope, downloads, slots, downloadLimits)),
    work: async () => {
      sweeper.start();
      const runner = new BatchRunner(services, predictions, kernel.config.resultDays);
      kernel.jobs.work(
        batchRun,
        (input) => runner.run(input),
        (input) => runner.fail(input.tenantId, input.payload.batchId, input.failure),
      );
    },
    close: async () => void (await Promise.all([sweeper.close(), predictions.close(), downloads.close()])),
  };
}
