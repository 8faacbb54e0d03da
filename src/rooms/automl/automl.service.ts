import { clock, newId, newSeed } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import {
  candidates,
  type LearningTask,
  measuresType,
  metricFor,
  rungsFor,
  type SearchAlgorithm,
  searchAlgorithms,
  suitableAlgorithms,
  whyNot,
} from "../learning/index.js";
import type { MeteringService } from "../metering/index.js";
import type { Model, ModelService } from "../models/index.js";
import {
  checkFeasible,
  isFinal,
  profileFor,
  queueId,
  type RowSources,
  taskOf,
  type TrainingLane,
  TrainingJobStatus,
} from "../training/index.js";
import { AutomlFinished } from "./automl.errors.js";
import type { AutomlEvent } from "./automl.events.js";
import type { StartAutomlInput } from "./automl.inputs.js";
import { AutomlTrialStatus } from "./automl-progress.type.js";
import { AutomlRun } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";
import { type HeldOut, heldOutOf } from "./held-out.js";
import { endRun, lockRun } from "./run-end.js";

export interface AutomlServices extends RowSources {
  metering: MeteringService;
  models: ModelService;
  lane: TrainingLane;
}

/** Starting and cancelling; what happens in between is the runner's. */
export class AutomlService {
  constructor(
    private readonly kernel: Kernel,
    private readonly services: AutomlServices,
  ) {}

  /** Row, trials, queue entry and audit event in one transaction. What can be told beforehand is refused here. */
  async start({ tenant, viewer }: TenantContext, input: StartAutomlInput): Promise<AutomlRun> {
    const { models, datasets, lane } = this.services;
    const model = await models.require(tenant, input.modelId);
    checkType(model);
    const dataset = await datasets.require(tenant, input.datasetId);
    const profile = profileFor(model, dataset, datasets);
    const task = taskOf(model, dataset, this.services);
    const seed = input.seed ?? newSeed();
    const heldOut = heldOutOf(input.split, task, profile, seed);
    const { split } = heldOut;
    checkFeasible({ task, architecture: null, validationSplit: 0, batchSize: 32, split }, profile);
    const run = runOf(model, task, heldOut, { input, seed, createdBy: viewer.id });
    const trials = trialsOf(run, heldOut.trainingRows);
    const { id, modelId, datasetId, metric, algorithms, timeLimitSeconds, trialLimit } = run;
    await tenant.write("automl.start", async (work) => {
      await work.manager.insert(AutomlRun, run);
      await work.manager.insert(AutomlTrial, trials);
      const limits = { timeLimitSeconds, trialLimit };
      const after = { modelId, datasetId, seed, metric, algorithms, ...limits, split };
      work.emit<AutomlEvent>({ type: "automl.queued", subject: id, after });
      const options = { id: queueId(id), perTenant: tenant.tenant.limits.concurrentTrainings ?? undefined };
      work.control((sql) => this.kernel.jobs.enqueue(sql, lane.queue, tenant.id, { jobId: id }, options));
    });
    return run;
  }

  /** Final at its commit; a running process is killed within a second. Throws NOT_FOUND, AUTOML_FINISHED. */
  async cancel({ tenant }: TenantContext, runId: string): Promise<AutomlRun> {
    return tenant.write("automl.cancel", async (work) => {
      const run = await lockRun(work, runId);
      if (!run) throw new NotFound("There is no such search.");
      if (isFinal(run.status)) throw new AutomlFinished(`This search is ${run.status} already.`);
      return this.#cancel(work, run);
    });
  }

  /** Ends what a deleted model still had under way, and removes its runs; in the transaction of the deletion. */
  async removeOf(work: UnitOfWork, modelId: string): Promise<void> {
    const runs = await work.manager.find(AutomlRun, {
      where: { modelId },
      lock: { mode: "pessimistic_write" },
    });
    for (const run of runs) if (!isFinal(run.status)) await this.#cancel(work, run);
    await work.manager.delete(AutomlRun, { modelId });
  }

  async #cancel(work: UnitOfWork, run: AutomlRun): Promise<AutomlRun> {
    work.emit<AutomlEvent>({ type: "automl.cancelled", subject: run.id, before: { status: run.status } });
    const { lane, metering } = this.services;
    work.control((sql) => this.kernel.jobs.cancel(sql, lane.queue, queueId(run.id)));
    return endRun(work, metering, run, { status: TrainingJobStatus.CANCELLED });
  }
}

function checkType({ type }: Model): void {
  const refusal = whyNot(type, "SEARCH");
  if (refusal !== null) throw badInput("modelId", refusal);
}

/** In the order of the graph, each once. Throws BAD_USER_INPUT for one that the data does not suit. */
function chosenAlgorithms(given: readonly SearchAlgorithm[] | null, task: LearningTask): SearchAlgorithm[] {
  const suitable = suitableAlgorithms(task);
  const odd = given?.find((algorithm) => !suitable.includes(algorithm));
  if (odd !== undefined)
    throw badInput(
      "algorithms",
      `${odd} does not suit this data, which allows ${suitable.join(", ")}. Choose among these. TREES need columns of numbers, truth values and categories alone; CONVOLUTION and SEQUENCE need one text, or 16 numeric columns and no others; CONVOLUTION suits images as well.`,
    );
  return searchAlgorithms.filter((algorithm) => (given ?? suitable).includes(algorithm));
}

interface RunRequest {
  input: StartAutomlInput;
  seed: number;
  createdBy: string | null;
}

function runOf(
  model: Model,
  task: LearningTask,
  { split, folds, trainingRows }: HeldOut,
  { input, seed, createdBy }: RunRequest,
): AutomlRun {
  const metric = input.metric ?? metricFor(task.type);
  if (!measuresType(metric, task.type))
    throw badInput("metric", `${metric} does not measure a model of type ${task.type}. Choose another.`);
  const { timeLimitSeconds, trialLimit } = input;
  return Object.assign(new AutomlRun(), {
    id: newId("automlrun"),
    modelId: model.id,
    datasetId: input.datasetId,
    versionId: null,
    status: TrainingJobStatus.QUEUED,
    seed,
    metric,
    algorithms: chosenAlgorithms(input.algorithms ?? null, task),
    timeLimitSeconds,
    trialLimit,
    plan: {
      task,
      split,
      folds,
      search: { metric, rungs: rungsFor(trialLimit, trainingRows), folds: folds.length },
    },
    leaderboard: { scored: 0, standings: [] },
    current: null,
    winner: null,
    failure: null,
    searchedMs: 0,
    trainedMs: 0,
    createdBy,
    createdAt: clock.now(),
    startedAt: null,
    finishedAt: null,
  });
}

function trialsOf(
  { id: runId, plan, algorithms, trialLimit, seed, createdAt }: AutomlRun,
  trainingRows: number,
): AutomlTrial[] {
  const drawn = candidates(plan.task, trainingRows, algorithms, { count: trialLimit, seed });
  return drawn.map((candidate, index) =>
    Object.assign(new AutomlTrial(), {
      ...candidate,
      id: newId("trial"),
      runId,
      number: index + 1,
      status: AutomlTrialStatus.WAITING,
      results: [],
      score: null,
      deviation: null,
      epochs: 0,
      parameters: null,
      failure: null,
      trainedMs: 0,
      createdAt,
    }),
  );
}
