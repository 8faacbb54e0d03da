// The room of serving: predictions with what is deployed, and versions as files for use elsewhere.
// Invariants: a prediction is answered, and an export given out, only once its usage is committed; a tenant's artefact is
// loaded only through that tenant's scope and kept under a key that names the tenant; a download's token opens one
// version of one tenant for minutes, and nothing else.
import { NotFound } from "../../kernel/errors.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { IdentityRoom } from "../identity/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ModelService, VersionService } from "../models/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { Download } from "./download.entity.js";
import { downloadLimits, DownloadSlots } from "./download-slots.js";
import { downloadRoutes } from "./download.routes.js";
import { DownloadService } from "./download.service.js";
import { ExportResolver } from "./export.resolver.js";
import { ExportService } from "./export.service.js";
import { PredictionService } from "./prediction.service.js";
import { ServingResolver } from "./serving.resolver.js";

export interface ServingServices {
  tenancy: TenancyService;
  authenticator: IdentityRoom["authenticator"];
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
}

/** Events of a model after which something else, or nothing, answers. */
const forgetful = new Set(["model.deployed", "model.undeployed", "model.deleted"]);

export function servingRoom(
  kernel: Kernel,
  { tenancy, authenticator, metering, models, versions }: ServingServices,
): Room {
  const predictions = new PredictionService(kernel, metering, models, versions);
  const downloads = new DownloadService(tenancy, authenticator, metering, versions);
  const slots = new DownloadSlots(downloadLimits);
  return {
    name: "serving",
    entities: [Download],
    // The version may be deleted while leave to download it is given.
    constraints: { download_version_id_fkey: NotFound },
    resolvers: [new ServingResolver(predictions), new ExportResolver(new ExportService(versions))],
    rules: { Mutation: { predict: can("prediction:create"), exportVersion: can("model:export") } },
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
