import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { onlyTexts, parseChoice, parseHyperparameters } from "../learning/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ModelService } from "../models/index.js";
import { endJob, lockJob } from "./job-end.js";
import { checkFeasible } from "./feasible.js";
import type { RowSources } from "./rows.js";
import { profileFor, taskOf } from "./task.js";
import { TrainingFinished } from "./training.errors.js";
import type { TrainingEvent } from "./training.events.js";
import type { StartTrainingInput } from "./training.inputs.js";
import { queueId, type TrainingRun } from "./training.job.js";
import { isFinal, TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

export interface TrainingServices extends RowSources {
  metering: MeteringService;
  models: ModelService;
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
    const plan = {
      task: taskOf(model, dataset, this.services),
      architecture: model.architecture && parseChoice(model.architecture),
    };
    const hyperparameters = parseHyperparameters(
      given(input.hyperparameters),
      plan.task.type,
      profile.rowCount,
      onlyTexts(plan.task),
    );
    checkFeasible({ ...plan, ...hyperparameters }, profile);
    const job = Object.assign(new TrainingJob(), {
      id: newId("job"),
      modelId: model.id,
      datasetId: dataset.id,
      versionId: null,
      status: TrainingJobStatus.QUEUED,
      seed: input.seed ?? clock.randomBytes(4).readUInt32BE() >>> 1,
      hyperparameters,
      plan,
      progress: null,
      failure: null,
      trainedMs: 0,
      createdBy: viewer.id,
      createdAt: clock.now(),
      startedAt: null,
      finishedAt: null,
    });
    await tenant.write("training.start", async (work) => {
      await work.manager.insert(TrainingJob, job);
      const { modelId, datasetId, seed } = job;
      work.emit<TrainingEvent>({
        type: "training.queued",
        subject: job.id,
        after: { modelId, datasetId, seed, hyperparameters },
      });
      const options = {
        id: queueId(job.id),
        perTenant: tenant.tenant.limits.concurrentTrainings ?? undefined,
      };
      work.control((sql) => this.kernel.jobs.enqueue(sql, this.queue, tenant.id, { jobId: job.id }, options));
    });
    return job;
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

/** GraphQL's null means "not given" here. */
const given = (input: object | null | undefined): object =>
  Object.fromEntries(
    Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );
