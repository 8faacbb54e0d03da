// The room of training: jobs that make versions out of datasets.
// Invariants: a job ends once; its result, end, usage and audit event are one transaction; an interrupted job goes on
// from its last epoch and ends with the same weights to the bit; none runs while its tenant is not served.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { type RunnerServices, TrainingRunner } from "./runner.js";
import { HyperparametersResolver } from "./hyperparameters.resolver.js";
import { TrainingLane } from "./lane.js";
import { constraints } from "./training.errors.js";
import { trainingRun } from "./training.job.js";
import { ModelTrainingResolver, TrainingResolver, VersionTrainingResolver } from "./training.resolver.js";
import { TrainingService, type TrainingServices } from "./training.service.js";
import { TrainingEpoch } from "./training-epoch.entity.js";
import { TrainingJob } from "./training-job.entity.js";

export { isVerdict, limitsOf, mostTrainingBytes, tellable } from "./attempt.js";
export type { Failure } from "./attempt.js";
export { checkFeasible } from "./feasible.js";
export { Hyperparameters } from "./hyperparameters.type.js";
export { TrainingLane, type TrainingWork } from "./lane.js";
export { type RowSources, rowsFor } from "./rows.js";
export { drawnBy, splitFor } from "./split.js";
export { profileFor, taskOf } from "./task.js";
export type { RunnerServices } from "./runner.js";
export { queueId } from "./training.job.js";
export { SplitInput } from "./training.inputs.js";
export { isFinal, lifecycle, TrainingFailure, TrainingJobStatus } from "./training-job.entity.js";

export interface TrainingRoom extends Room {
  readonly lane: TrainingLane;
}

export function trainingRoom(kernel: Kernel, services: RunnerServices & TrainingServices): TrainingRoom {
  const lane = new TrainingLane(trainingRun(kernel.config.trainingProcesses));
  const training = new TrainingService(kernel, lane.queue, services);
  let runner: TrainingRunner | undefined;
  const working = (): TrainingRunner => (runner ??= new TrainingRunner(kernel, services));
  lane.take("job", {
    run: (input) => working().run(input),
    fail: (tenantId, jobId, failure) => working().fail(tenantId, jobId, failure),
  });
  return {
    name: "training",
    lane,
    entities: [TrainingJob, TrainingEpoch],
    resolvers: [
      new TrainingResolver(training),
      new HyperparametersResolver(),
      new ModelTrainingResolver(),
      new VersionTrainingResolver(),
    ],
    constraints,
    jobs: [lane.queue],
    listener: {
      inTransaction: async (work, events) => {
        for (const { type, subject } of events)
          if (type === "model.deleted" && subject !== null) await training.removeOf(work, subject);
      },
    },
    rules: {
      Query: {
        trainingJobs: can("training:read"),
        trainingJob: can("training:read"),
        hyperparameters: can("model:read"),
      },
      Mutation: { startTraining: can("training:start"), cancelTraining: can("training:cancel") },
      Subscription: { trainingProgress: can("training:read") },
      TrainingJob: { model: can("model:read"), version: can("model:read"), dataset: can("dataset:read") },
      Model: { trainingJobs: can("training:read"), latestTrainingJob: can("training:read") },
      ModelVersion: { hyperparameters: can("model:read"), trainingJob: can("training:read") },
    },
    nodes: [tenantNode("job", TrainingJob, can("training:read"))],
    work: async () => {
      // Started before the first job, for which a process is kept ready.
      working();
      lane.begin(kernel);
    },
    close: async () => runner?.close(),
  };
}
