// The room of serving: predictions with what is deployed, and versions as files for use elsewhere.
// Invariants: a prediction is answered, and an export given out, only once its usage is committed; a tenant's artefact is
// loaded only through that tenant's scope and kept under a key that names the tenant; a download's token opens one
// version of one tenant for minutes, and nothing else.
import { NotFound } from "../../kernel/errors.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { DatasetService } from "../datasets/index.js";
import type { IdentityRoom } from "../identity/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ModelService, VersionService } from "../models/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { ComparisonService } from "./comparison/comparison.service.js";
import { ComparisonResolver } from "./comparison/comparison.resolver.js";
import { Download } from "./download.entity.js";
import { downloadLimits, DownloadSlots } from "./download-slots.js";
import { downloadRoutes } from "./download.routes.js";
import { DownloadService } from "./download.service.js";
import { ExportResolver } from "./export.resolver.js";
import { ExportService } from "./export.service.js";
import { GenerationResolver } from "./generation/generation.resolver.js";
import { GenerationService } from "./generation/generation.service.js";
import { PredictionService } from "./prediction.service.js";
import { ServingResolver } from "./serving.resolver.js";

export interface ServingServices {
  tenancy: TenancyService;
  authenticator: IdentityRoom["authenticator"];
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
}

/** Events of a model after which something else, or nothing, answers. */
const forgetful = new Set(["model.deployed", "model.rolledBack", "model.undeployed", "model.deleted"]);

export function servingRoom(kernel: Kernel, services: ServingServices): Room {
  const { tenancy, authenticator, metering, models, versions } = services;
  const predictions = new PredictionService(kernel, metering, models, versions);
  const comparisons = new ComparisonService(services, predictions);
  const downloads = new DownloadService(tenancy, authenticator, metering, versions);
  const slots = new DownloadSlots(downloadLimits);
  return {
    name: "serving",
    entities: [Download],
    // The version may be deleted while leave to download it is given.
    constraints: { download_version_id_fkey: NotFound },
    resolvers: [
      new ServingResolver(predictions),
      new ComparisonResolver(comparisons),
      new GenerationResolver(kernel.notifications, new GenerationService(kernel, metering, predictions)),
      new ExportResolver(new ExportService(versions)),
    ],
    rules: {
      // Comparing on another dataset predicts, and asks for that permission too.
      Mutation: {
        predict: can("prediction:create"),
        compareVersions: can("model:read"),
        exportVersion: can("model:export"),
        generateText: can("prediction:create"),
      },
      Subscription: { textGeneration: can("prediction:create") },
      // As in the payload of a prediction: its number, and no more.
      TextGenerationPiece: { version: can("prediction:create") },
      VersionComparison: {
        first: can("model:read"),
        second: can("model:read"),
        better: can("model:read"),
        dataset: can("dataset:read"),
      },
    },
    listener: {
      // In this process at once, so that whoever deployed is answered by it; the others hear of it by notification.
      afterCommit: (work, events) => {
        for (const { type, subject } of events)
          if (forgetful.has(type) && subject !== null) predictions.forget(work.tenant.id, subject);
      },
    },
    routes: (server) =>
      void server.register((scope) => downloadRoutes(scope, downloads, slots, downloadLimits)),
    close: () => predictions.close(),
  };
}
