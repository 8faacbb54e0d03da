import { clock, newId, newSeed } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import {
  isBoosting,
  isClustering,
  onlyTexts,
  parseChoice,
  parseSettings,
  type FeasibilityPlan,
  type Settings,
} from "../learning/index.js";
import type { MeteringService } from "../metering/index.js";
import type { Dataset } from "../datasets/index.js";
import { type Model, type ModelService, ModelType, type VersionService } from "../models/index.js";
import { checkInherited, type Inheritance, inheritance, inheritedSplit } from "./fine-tuning.js";
import { drawnBy, splitFor } from "./split.js";
import { endJob, lockJob } from "./job-end.js";
import { checkFeasible, checkWeights } from "./feasible.js";
import type { RowSources } from "./rows.js";
import { profileFor, taskOf } from "./task.js";
import { TrainingFinished } from "./training.errors.js";
import type { TrainingEvent } from "./training.events.js";
import type { StartTrainingInput } from "./training.inputs.js";
import { queueId, type TrainingRun } from "./training.job.js";
import { isFinal, TrainingJob, TrainingJobStatus, type TrainingPlan } from "./training-job.entity.js";

export interface TrainingServices extends RowSources {
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
}

/** Starting and cancelling; what happens in between is the runner's. */
export class TrainingService {
  constructor(
    private readonly kernel: Kernel,
    private readonly queue: TrainingRun,
    private readonly services: TrainingServices,
  ) {}

  /** Row, queue entry and audit event in one transaction. Whatever can be told from the profile is refused here. */
  async start({ tenant, viewer }: TenantContext, input: StartTrainingInput): Promise<TrainingJob> {
    const { models, datasets } = this.services;
    const model = await models.require(tenant, input.modelId);
    const dataset = await datasets.require(tenant, input.datasetId);
    const profile = profileFor(model, dataset, datasets);
    const inherited = await inheritance(tenant, model, input, this.services.versions);
    // Throws for a table, which has no such size.
    if (model.type === ModelType.IMAGE) this.services.images.suitableSize(dataset);
    if (inherited) checkInherited(inherited, profile);
    const seed = input.seed ?? newSeed();
    const plan = this.#plan(model, dataset, { input, inherited, seed });
    const hyperparameters = parseSettings(
      { ...given(input.hyperparameters), ...inherited?.reading },
      plan.task.type,
      profile.rowCount,
      onlyTexts(plan.task),
      plan.architecture,
    );
    if (!isClustering(hyperparameters)) checkWeights(plan.task, hyperparameters.weightsOfClasses, profile);
    checkFeasible({ ...plan, ...sidesOf(hyperparameters) }, profile);
    const job = jobOf({ model, dataset, plan, hyperparameters, seed, createdBy: viewer.id });
    await tenant.write("training.start", (work) => this.#enqueue(work, tenant, job));
    return job;
  }

  async #enqueue(work: UnitOfWork, { id: tenantId, tenant }: TenantScope, job: TrainingJob): Promise<void> {
    await work.manager.insert(TrainingJob, job);
    const { id: jobId, modelId, datasetId, seed, hyperparameters, plan } = job;
    const { split, base } = plan;
    work.emit<TrainingEvent>({
      type: "training.queued",
      subject: jobId,
      after: { modelId, datasetId, seed, hyperparameters, split, fromVersion: base?.number ?? null },
    });
    const options = { id: queueId(jobId), perTenant: tenant.limits.concurrentTrainings ?? undefined };
    work.control((sql) => this.kernel.jobs.enqueue(sql, this.queue, tenantId, { jobId }, options));
  }

  /** What is learnt, and from which rows. Throws BAD_USER_INPUT. */
  #plan(
    model: Model,
    dataset: Dataset,
    { input, inherited, seed }: { input: StartTrainingInput; inherited: Inheritance | null; seed: number },
  ): TrainingPlan {
    const profile = profileFor(model, dataset, this.services.datasets);
    const task = inherited ? inherited.task : taskOf(model, dataset, this.services);
    const asked = input.split ? splitFor(input.split, task, profile) : null;
    const split = inherited ? inheritedSplit(inherited, dataset, asked) : asked;
    return {
      task,
      architecture: inherited ? null : model.architecture && parseChoice(model.architecture),
      split: split && drawnBy(split, seed),
      base: inherited && {
        versionId: inherited.version.id,
        number: inherited.version.number,
        trainableLayers: input.trainableLayers ?? null,
      },
    };
  }

  /** Final at its commit; a running process is killed within a second. Throws NOT_FOUND, TRAINING_FINISHED. */
  async cancel({ tenant }: TenantContext, jobId: string): Promise<TrainingJob> {
    return tenant.write("training.cancel", async (work) => {
      const job = await lockJob(work, jobId);
      if (!job) throw new NotFound("There is no such training job.");
      if (isFinal(job.status)) throw new TrainingFinished(`This training is ${job.status} already.`);
      return this.#cancel(work, job);
    });
  }

  /** Ends what a deleted model still had under way, and removes its jobs; in the transaction of the deletion. */
  async removeOf(work: UnitOfWork, modelId: string): Promise<void> {
    const jobs = await work.manager.find(TrainingJob, {
      where: { modelId },
      lock: { mode: "pessimistic_write" },
    });
    for (const job of jobs) if (!isFinal(job.status)) await this.#cancel(work, job);
    await work.manager.delete(TrainingJob, { modelId });
  }

  async #cancel(work: UnitOfWork, job: TrainingJob): Promise<TrainingJob> {
    work.emit<TrainingEvent>({ type: "training.cancelled", subject: job.id, before: { status: job.status } });
    work.control((sql) => this.kernel.jobs.cancel(sql, this.queue, queueId(job.id)));
    return endJob(work, this.services.metering, job, { status: TrainingJobStatus.CANCELLED });
  }
}

type Queued = Pick<TrainingJob, "plan" | "hyperparameters" | "seed" | "createdBy"> & {
  model: Model;
  dataset: Dataset;
};

const jobOf = ({ model, dataset, ...told }: Queued): TrainingJob =>
  Object.assign(new TrainingJob(), {
    ...told,
    id: newId("job"),
    modelId: model.id,
    datasetId: dataset.id,
    versionId: null,
    status: TrainingJobStatus.QUEUED,
    progress: null,
    failure: null,
    trainedMs: 0,
    createdAt: clock.now(),
    startedAt: null,
    finishedAt: null,
  });

/** Clusters are found without a network, and with all rows that are not held out. */
const clusterPlan = { architecture: { layers: [] }, validationSplit: 0, batchSize: 1 };

/** What the feasibility of a plan depends on; trees are grown without a network, row by row. */
function sidesOf(
  settings: Settings,
): Partial<FeasibilityPlan> & Pick<FeasibilityPlan, "batchSize" | "validationSplit"> {
  if (isClustering(settings)) return { ...clusterPlan, clusters: settings.clustering.clusters };
  return isBoosting(settings) ? { ...settings, batchSize: 1 } : settings;
}

/** GraphQL's null means "not given" here. */
const given = (input: object | null | undefined): object =>
  Object.fromEntries(
    Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );
