// The room of serving: predictions with what is deployed. It owns no tables.
// Invariants: a prediction is answered only once its usage is committed; a tenant's artefact is loaded only through that
// tenant's scope and kept under a key that names the tenant.
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { DatasetService } from "../datasets/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ModelService, VersionService } from "../models/index.js";
import { ComparisonService } from "./comparison/comparison.service.js";
import { ComparisonResolver } from "./comparison/comparison.resolver.js";
import { PredictionService } from "./prediction.service.js";
import { ServingResolver } from "./serving.resolver.js";

export interface ServingServices {
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
}

/** Events of a model after which something else, or nothing, answers. */
const forgetful = new Set(["model.deployed", "model.rolledBack", "model.undeployed", "model.deleted"]);

export function servingRoom(kernel: Kernel, services: ServingServices): Room {
  const { metering, models, versions } = services;
  const predictions = new PredictionService(kernel, metering, models, versions);
  const comparisons = new ComparisonService(services, predictions);
  return {
    name: "serving",
    resolvers: [new ServingResolver(predictions), new ComparisonResolver(comparisons)],
    rules: {
      // Comparing on another dataset predicts, and asks for that permission too.
      Mutation: { predict: can("prediction:create"), compareVersions: can("model:read") },
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
    close: () => predictions.close(),
  };
}
