// The room of AutoML: searches for the settings under which a model learns best.
// Invariants: no trial sees a test row; a run ends once, and its version, end, usage of all trials and audit event are
// one transaction; an interrupted run goes on with its stored trials; a search counts as one of the plan's trainings.
// Algorithms are networks without exception, so that what wins is served and exported as every version is. Trees are
// written as networks too, and grown by code of this house: no boosting library was found in the registry that is both
// kept up and comes with its binary inside.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { RunnerServices } from "../training/index.js";
import { constraints } from "./automl.errors.js";
import { AutomlResolver, ModelAutomlResolver } from "./automl.resolver.js";
import { AutomlService, type AutomlServices } from "./automl.service.js";
import { AutomlRun } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";
import { AutomlWinnerResolver } from "./winner.resolver.js";
import { AutomlRunner } from "./runner.js";

export function automlRoom(kernel: Kernel, services: RunnerServices & AutomlServices): Room {
  const automl = new AutomlService(kernel, services);
  const runner = new AutomlRunner(kernel.config, services);
  services.lane.take("automlrun", runner);
  return {
    name: "automl",
    entities: [AutomlRun, AutomlTrial],
    resolvers: [new AutomlResolver(automl), new AutomlWinnerResolver(), new ModelAutomlResolver()],
    constraints,
    listener: {
      inTransaction: async (work, events) => {
        for (const { type, subject } of events)
          if (type === "model.deleted" && subject !== null) await automl.removeOf(work, subject);
      },
    },
    rules: {
      Query: { automlRuns: can("training:read"), automlRun: can("training:read") },
      Mutation: { startAutoml: can("training:start"), cancelAutoml: can("training:cancel") },
      Subscription: { automlProgress: can("training:read") },
      AutomlRun: {
        model: can("model:read"),
        version: can("model:read"),
        dataset: can("dataset:read"),
        trials: can("training:read"),
      },
      AutomlWinner: { trial: can("training:read"), version: can("model:read") },
      Model: { automlRuns: can("training:read") },
    },
    nodes: [
      tenantNode("automlrun", AutomlRun, can("training:read")),
      tenantNode("trial", AutomlTrial, can("training:read")),
    ],
    close: () => runner.close(),
  };
}
