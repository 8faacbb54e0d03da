import { clock } from "../../kernel/clock.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { type JobInput, leaveInterrupted } from "../../kernel/jobs/index.js";
import type { Kernel } from "../../kernel/kernel.js";
import {
  type Base,
  causeOf,
  kernels,
  CheckpointMismatch,
  type Engine,
  type LearningResult,
  servingEngine,
  type Progress,
  TrainerPool,
  TrainingBroken,
} from "../learning/index.js";
import type { MeteringService } from "../metering/index.js";
import type { VersionService } from "../models/index.js";
import { scopeFor, type TenancyService } from "../tenancy/index.js";
import { type Failure, isVerdict, limitsOf, mostTrainingBytes, tellable } from "./attempt.js";
import { readCheckpoint, recordEpoch } from "./checkpoints.js";
import { dropCheckpoint, endJob, lockJob } from "./job-end.js";
import { type RowSources, rowsFor } from "./rows.js";
import type { TrainingEvent } from "./training.events.js";
import { postpone } from "./postpone.js";
import { isFinal, type TrainingBase, TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

export interface RunnerServices extends RowSources {
  tenancy: TenancyService;
  metering: MeteringService;
  versions: VersionService;
}

/**
 * Runs queued trainings, each in a process of its own. Delivery is at least once, so every step asks the row first:
 * the result, the end of the job, its usage and its audit event are one transaction that only a RUNNING job accepts.
 */
export class TrainingRunner {
  readonly #pool: TrainerPool;

  constructor(
    private readonly kernel: Pick<Kernel, "config" | "log">,
    private readonly services: RunnerServices,
  ) {
    const { config } = kernel;
    this.#pool = new TrainerPool({
      size: config.trainingProcesses,
      warm: config.trainingSpares,
      processors: config.trainingProcessors,
      memoryBytes: mostTrainingBytes,
      recycleAfter: 1,
    });
  }

  /** Resolves when the job has ended, in whatever way; throws to have it tried again, or postponed. */
  async run({ tenantId, payload: { jobId }, signal }: JobInput<{ jobId: string }>): Promise<void> {
    const scope = await this.#scope(tenantId, jobId);
    if (!scope) return;
    await this.services.tenancy.watch.whileServed(scope.id, async (served) => {
      const job = served.aborted ? await postpone(scope, jobId, served) : await this.#begin(scope, jobId);
      if (job) await this.#attempt(scope, job, signal, served);
    });
  }

  async #attempt(
    scope: TenantScope,
    job: TrainingJob,
    signal: AbortSignal,
    served: AbortSignal,
  ): Promise<void> {
    try {
      const result = await this.#train(scope, job, AbortSignal.any([signal, served]));
      await this.#finish(scope, job, result);
    } catch (error) {
      if (signal.aborted) return leaveInterrupted(signal);
      if (served.aborted) return postpone(scope, job.id, served);
      if (error instanceof CheckpointMismatch)
        await scope.write("training.run", (work) => dropCheckpoint(work, job.id));
      if (!isVerdict(error)) throw error;
      if (error instanceof TrainingBroken)
        this.kernel.log.error({ job: job.id, cause: error.cause }, "training failed");
      const { code, message } = error;
      await this.fail(scope.id, job.id, { code, message, cause: causeOf(error) });
    }
  }

  #scope(tenantId: string | null, jobId: string): Promise<TenantScope | null> {
    return scopeFor(this.services.tenancy, tenantId, jobId);
  }

  /** Marks the job RUNNING, or answers null where it has ended or was deleted. */
  #begin(scope: TenantScope, id: string): Promise<TrainingJob | null> {
    return scope.write("training.run", async (work) => {
      const job = await lockJob(work, id);
      if (!job || isFinal(job.status)) return null;
      const isRunning = job.status === TrainingJobStatus.RUNNING;
      const change = { status: TrainingJobStatus.RUNNING, startedAt: job.startedAt ?? clock.now(), kernels };
      // A worker of another version may take it up, and begins it anew where its kernels are others.
      if (!isRunning || job.kernels?.version !== kernels.version)
        await work.manager.update(TrainingJob, { id }, change);
      if (isRunning) return Object.assign(job, change);
      const type = job.startedAt ? "training.resumed" : "training.started";
      work.emit<TrainingEvent>({ type, subject: id });
      work.notify("training", { job: id });
      return Object.assign(job, change);
    });
  }

  async #train(scope: TenantScope, job: TrainingJob, signal: AbortSignal): Promise<Trained> {
    const { datasets } = this.services;
    const dataset = await datasets.require(scope, job.datasetId ?? "");
    const { task } = job.plan;
    const request = {
      ...(await rowsFor(this.services, scope, dataset, { task, signal })),
      task,
      architecture: job.plan.architecture ?? undefined,
      hyperparameters: job.hyperparameters,
      seed: job.seed,
      split: job.plan.split ?? null,
      base: job.plan.base ? await this.#base(scope, job.plan.base) : null,
      checkpoint: await readCheckpoint(scope, job.id),
    };
    const onEpoch = (progress: Progress, checkpoint: Uint8Array | null): Promise<void> =>
      recordEpoch(scope, job.id, progress, checkpoint);
    const limits = limitsOf(scope, job.trainedMs);
    const result = await this.#pool.train(request, { onEpoch, signal }, limits);
    return { ...result, engine: await servingEngine(result.artefact) };
  }

  /** The version's artefact, read within its tenant. Throws NOT_FOUND where it went away meanwhile. */
  async #base(scope: TenantScope, { versionId, trainableLayers }: TrainingBase): Promise<Base> {
    return { artefact: await this.services.versions.artefact(scope, versionId), trainableLayers };
  }

  async #finish(scope: TenantScope, { id, modelId }: TrainingJob, result: Trained): Promise<void> {
    const { metering, versions } = this.services;
    await scope.write("training.run", async (work) => {
      // The model before the job, as its deletion locks them.
      await versions.lockModel(work, modelId);
      const job = await lockJob(work, id);
      if (!job || isFinal(job.status)) return;
      const { id: versionId, number } = await versions.publish(work, scope, originOf(job), result);
      // A version was trained, however little of a millisecond the clock made of it.
      job.trainedMs = Math.max(1, job.trainedMs);
      const { bestEpoch } = result;
      await endJob(work, metering, job, { status: TrainingJobStatus.SUCCEEDED, versionId, bestEpoch });
      work.emit<TrainingEvent>({ type: "training.succeeded", subject: id, after: { versionId, number } });
    });
  }

  /** Ends the job as FAILED, with what it used; a job that has ended stays as it is. */
  async fail(tenantId: string | null, id: string, failure: Failure): Promise<void> {
    const scope = await this.#scope(tenantId, id);
    await scope?.write("training.run", async (work) => {
      const job = await lockJob(work, id);
      if (!job || isFinal(job.status)) return;
      const told = tellable(failure);
      await endJob(work, this.services.metering, job, { status: TrainingJobStatus.FAILED, failure: told });
      work.emit<TrainingEvent>({ type: "training.failed", subject: id, after: told, outcome: "FAILURE" });
    });
  }

  /** Process ids of the trainings, for drills. */
  get processes(): number[] {
    return this.#pool.pids;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

const originOf = ({ modelId, datasetId, createdBy, plan }: TrainingJob) => ({
  modelId,
  datasetId,
  createdBy,
  parentId: plan.base?.versionId ?? null,
});

/** What is published, with what will serve it. */
type Trained = LearningResult & { engine: Engine | null };
