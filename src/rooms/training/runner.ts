import { clock } from "../../kernel/clock.js";
import { system } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { TenfoldError, Unavailable } from "../../kernel/errors.js";
import { JobAborted, type JobFailure, type JobInput } from "../../kernel/jobs/index.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { DatasetService } from "../datasets/index.js";
import {
  CheckpointMismatch,
  type LearningResult,
  type Progress,
  TrainerPool,
  TrainingCrashed,
} from "../learning/index.js";
import { Meter, type MeteringService } from "../metering/index.js";
import type { ModelService, VersionService } from "../models/index.js";
import type { TenancyService } from "../tenancy/index.js";
import type { TrainingEvent } from "./training.events.js";
import { taskOf } from "./training.service.js";
import { isFinal, TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

export interface RunnerServices {
  tenancy: TenancyService;
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
}

const checkpointContext = (jobId: string): string => `training_checkpoint:${jobId}`;

/**
 * Runs queued trainings, each in a process of its own. Delivery is at least once, so every step asks the row first:
 * the result, the end of the job, its usage and its audit event are one transaction that only a RUNNING job accepts.
 */
export class TrainingRunner {
  readonly #pool: TrainerPool;

  constructor(
    { config }: Kernel,
    private readonly services: RunnerServices,
  ) {
    this.#pool = new TrainerPool({ size: config.trainingProcesses, recycleAfter: 1 });
  }

  /** Resolves when the job has ended, in whatever way; throws to have it tried again. */
  async run({ tenantId, payload, signal }: JobInput<{ jobId: string }>): Promise<void> {
    const scope = await this.#scope(tenantId, payload.jobId);
    const job = scope && (await this.#begin(scope, payload.jobId));
    if (!scope || !job) return;
    try {
      const result = await this.#train(scope, job, signal);
      await this.#finish(scope, job, result);
    } catch (error) {
      if (signal.aborted) return this.#interrupted(signal);
      if (error instanceof CheckpointMismatch)
        await scope.write("training.run", (work) => dropCheckpoint(work, job.id));
      if (!isVerdict(error)) throw error;
      await this.fail(tenantId, job.id, { code: error.code, message: error.message });
    }
  }

  /** A cancelled job has its end already; one that lost its worker goes on elsewhere. */
  #interrupted(signal: AbortSignal): void {
    if (signal.reason instanceof JobAborted && signal.reason.why === "cancelled") return;
    throw signal.reason;
  }

  async #scope(tenantId: string | null, jobId: string): Promise<TenantScope | null> {
    const tenant = tenantId === null ? null : await this.services.tenancy.directory.find({ id: tenantId });
    const origin = { requestId: jobId, ip: null, userAgent: null };
    return tenant && this.services.tenancy.scope(tenant, { viewer: system, origin });
  }

  /** Marks the job RUNNING, or answers null where it has ended or was deleted. */
  #begin(scope: TenantScope, id: string): Promise<TrainingJob | null> {
    return scope.write("training.run", async (work) => {
      const job = await lock(work, id);
      if (!job || isFinal(job.status)) return null;
      if (job.status === TrainingJobStatus.RUNNING) return job;
      const change = { status: TrainingJobStatus.RUNNING, startedAt: clock.now() };
      await work.manager.update(TrainingJob, { id }, change);
      work.emit<TrainingEvent>({ type: "training.started", subject: id });
      work.notify("training", { job: id });
      return Object.assign(job, change);
    });
  }

  async #train(scope: TenantScope, job: TrainingJob, signal: AbortSignal): Promise<LearningResult> {
    const { models, datasets } = this.services;
    const [model, dataset] = await Promise.all([
      models.require(scope, job.modelId),
      datasets.require(scope, job.datasetId ?? ""),
    ]);
    const table = await datasets.openTable(scope, dataset);
    const checkpoint = await this.#checkpoint(scope, job.id);
    let last = performance.now();
    const onEpoch = async (progress: Progress, bytes: Uint8Array | null): Promise<void> => {
      const spent = performance.now() - last;
      await this.#record(scope, job.id, progress, spent, bytes);
      last = performance.now();
    };
    const request = {
      columns: table.columns,
      rows: rowsOf(table.batches),
      task: taskOf(model, dataset),
      architecture: model.architecture ?? undefined,
      hyperparameters: job.hyperparameters,
      seed: job.seed,
      checkpoint,
    };
    return this.#pool.train(request, { onEpoch, signal });
  }

  async #checkpoint(scope: TenantScope, jobId: string): Promise<Uint8Array | null> {
    const [row] = await scope.query<{ bytes: Buffer }>(
      "select bytes from training_checkpoint where job_id = $1",
      [jobId],
    );
    return row ? scope.open(row.bytes, checkpointContext(jobId)) : null;
  }

  /** Progress and checkpoint of one epoch together, so that what callers saw is never forgotten. */
  async #record(
    scope: TenantScope,
    id: string,
    progress: Progress,
    spentMs: number,
    bytes: Uint8Array | null,
  ): Promise<void> {
    const { epoch, epochs, loss, accuracy, valLoss, valAccuracy, etaMs } = progress;
    const shown = { epoch, epochs, loss, accuracy, valLoss, valAccuracy, etaMs };
    await scope.write("training.run", async (work) => {
      const running = await work.query(
        `update training_job set progress = $2, trained_ms = trained_ms + $3 where id = $1 and status = 'RUNNING' returning id`,
        [id, JSON.stringify(shown), spentMs],
      );
      if (running.length === 0) return;
      if (bytes) {
        await work.query(
          `insert into training_checkpoint (job_id, epoch, bytes) values ($1, $2, $3)
           on conflict (job_id) do update set epoch = excluded.epoch, bytes = excluded.bytes`,
          [id, epoch, scope.seal(bytes, checkpointContext(id))],
        );
      }
      work.notify("training", { job: id, progress: shown });
    });
  }

  async #finish(scope: TenantScope, { id }: TrainingJob, result: LearningResult): Promise<void> {
    const { metering, versions } = this.services;
    await scope.write("training.run", async (work) => {
      const job = await lock(work, id);
      if (!job || isFinal(job.status)) return;
      const version = await versions.publish(work, scope, job, result);
      const change = { status: TrainingJobStatus.SUCCEEDED, versionId: version.id, finishedAt: clock.now() };
      await work.manager.update(TrainingJob, { id }, change);
      await dropCheckpoint(work, id);
      await metering.record(work, Meter.TRAINING_MS, Math.max(1, job.trainedMs), id);
      work.emit<TrainingEvent>({
        type: "training.succeeded",
        subject: id,
        after: { versionId: version.id, number: version.number },
      });
      work.notify("training", { job: id });
    });
  }

  /** Ends the job as FAILED, with what it used; a job that has ended stays as it is. */
  async fail(tenantId: string | null, id: string, failure: JobFailure): Promise<void> {
    const scope = await this.#scope(tenantId, id);
    await scope?.write("training.run", async (work) => {
      const job = await lock(work, id);
      if (!job || isFinal(job.status)) return;
      const told = {
        code: failure.code ?? "INTERNAL",
        message: failure.code ? failure.message : "The training could not be finished. Start it again.",
      };
      await work.manager.update(
        TrainingJob,
        { id },
        { status: TrainingJobStatus.FAILED, failure: told, finishedAt: clock.now() },
      );
      await dropCheckpoint(work, id);
      await this.services.metering.record(work, Meter.TRAINING_MS, job.trainedMs, id);
      work.emit<TrainingEvent>({ type: "training.failed", subject: id, after: told, outcome: "FAILURE" });
      work.notify("training", { job: id });
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

/** Whether trying again would end the same way: the data or the settings are at fault, not this process. */
const isVerdict = (error: unknown): error is TenfoldError =>
  error instanceof TenfoldError &&
  ![TrainingCrashed, CheckpointMismatch, Unavailable].some((passing) => error instanceof passing);

const lock = (work: UnitOfWork, id: string): Promise<TrainingJob | null> =>
  work.manager.findOne(TrainingJob, { where: { id }, lock: { mode: "pessimistic_write" } });

const dropCheckpoint = (work: UnitOfWork, id: string): Promise<unknown> =>
  work.query("delete from training_checkpoint where job_id = $1", [id]);

async function* rowsOf<Row>(batches: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const batch of batches) yield* batch;
}
