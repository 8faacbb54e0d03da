// The room of training: jobs that make versions out of datasets.
// Invariants: a job ends once; its result, end, usage and audit event are one transaction; an interrupted job goes on
// from its last epoch and ends with the same weights to the bit; none runs while its tenant is not served.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { type RunnerServices, TrainingRunner } from "./runner.js";
import { constraints } from "./training.errors.js";
import { trainingRun } from "./training.job.js";
import { ModelTrainingResolver, TrainingResolver, VersionTrainingResolver } from "./training.resolver.js";
import { TrainingService, type TrainingServices } from "./training.service.js";
import { TrainingJob } from "./training-job.entity.js";

export function trainingRoom(kernel: Kernel, services: RunnerServices & TrainingServices): Room {
  const queue = trainingRun(kernel.config.trainingProcesses);
  const training = new TrainingService(kernel, queue, services);
  let runner: TrainingRunner | undefined;
  return {
    name: "training",
    entities: [TrainingJob],
    resolvers: [new TrainingResolver(training), new ModelTrainingResolver(), new VersionTrainingResolver()],
    constraints,
    jobs: [queue],
    listener: {
      inTransaction: async (work, events) => {
        for (const { type, subject } of events)
          if (type === "model.deleted" && subject !== null) await training.removeOf(work, subject);
      },
    },
    rules: {
      Query: { trainingJobs: can("training:read"), trainingJob: can("training:read") },
      Mutation: { startTraining: can("training:start"), cancelTraining: can("training:cancel") },
      Subscription: { trainingProgress: can("training:read") },
      TrainingJob: { model: can("model:read"), version: can("model:read"), dataset: can("dataset:read") },
      Model: { trainingJobs: can("training:read"), latestTrainingJob: can("training:read") },
      ModelVersion: { hyperparameters: can("model:read") },
    },
    nodes: [tenantNode("job", TrainingJob, can("training:read"))],
    work: async () => {
      const working = (runner = new TrainingRunner(kernel, services));
      kernel.jobs.work(
        queue,
        (input) => working.run(input),
        (input) => working.fail(input.tenantId, input.payload.jobId, input.failure),
      );
    },
    close: async () => runner?.close(),
  };
}
