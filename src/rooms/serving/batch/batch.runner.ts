import { clock, dayMs } from "../../../kernel/clock.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { isDeclared, QuotaExceeded, TenfoldError, Unavailable } from "../../../kernel/errors.js";
import {
  type JobFailure,
  type JobInput,
  JobPostponed,
  leaveInterrupted,
} from "../../../kernel/jobs/index.js";
import { Meter } from "../../metering/index.js";
import { ModelVersion } from "../../models/index.js";
import { scopeFor, untilServed } from "../../tenancy/index.js";
import type { PredictionService } from "../prediction.service.js";
import type { ServingServices } from "../services.js";
import { endBatch, lockBatch } from "./batch-end.js";
import { expected, storePiece } from "./batch-pieces.js";
import { BatchPrediction, BatchPredictionStatus, isFinal } from "./batch-prediction.entity.js";
import { openRows } from "./batch-rows.js";
import type { BatchEvent } from "./batch.events.js";
import { type Piece, pieceLimits, piecesOf } from "./pieces.js";
import { ofRows } from "../fault-places.js";
import { resultColumns } from "./result-columns.js";
import { resultText } from "./result-text.js";

/**
 * Predicts queued datasets. Delivery is at least once, so every step asks the row first: a piece, its rows' usage and
 * how far the job is are one transaction, which a worker that lags behind another does not pass.
 */
export class BatchRunner {
  constructor(
    private readonly services: ServingServices,
    private readonly predictions: PredictionService,
    /** Days for which a result can be fetched. */
    private readonly resultDays: number,
  ) {}

  /** Resolves when the batch has ended, in whatever way; throws to have it tried again, or postponed. */
  async run({ tenantId, payload: { batchId }, signal }: JobInput<{ batchId: string }>): Promise<void> {
    const scope = await scopeFor(this.services.tenancy, tenantId, batchId);
    if (!scope) return;
    await this.services.tenancy.watch.whileServed(scope.id, async (served) => {
      const batch = served.aborted
        ? await this.#postpone(scope, batchId, served)
        : await this.#begin(scope, batchId);
      if (batch) await this.#attempt(scope, batch, signal, served);
    });
  }

  async #attempt(
    scope: TenantScope,
    batch: BatchPrediction,
    signal: AbortSignal,
    served: AbortSignal,
  ): Promise<void> {
    try {
      if (await this.#predict(scope, batch, AbortSignal.any([signal, served])))
        await this.#finish(scope, batch.id);
    } catch (error) {
      if (signal.aborted) return leaveInterrupted(signal);
      if (served.aborted) return this.#postpone(scope, batch.id, served);
      const pause = secondsToWait(error);
      if (pause !== null) throw new JobPostponed(pause, "The plan's predictions of this while are used up.");
      if (!isVerdict(error)) throw error;
      await this.fail(scope.id, batch.id, { code: error.code, message: error.message });
    }
  }

  /** Marks the batch RUNNING, or answers null where it has ended or was deleted. */
  #begin(scope: TenantScope, id: string): Promise<BatchPrediction | null> {
    return scope.write("batchPrediction.run", async (work) => {
      const batch = await lockBatch(work, id);
      if (!batch || isFinal(batch.status)) return null;
      if (batch.status === BatchPredictionStatus.RUNNING) return batch;
      const change = { status: BatchPredictionStatus.RUNNING, startedAt: batch.startedAt ?? clock.now() };
      await work.manager.update(BatchPrediction, { id }, change);
      const type = batch.startedAt ? "batchPrediction.resumed" : "batchPrediction.started";
      work.emit<BatchEvent>({ type, subject: id });
      work.notify("batchPrediction", { job: id });
      return Object.assign(batch, change);
    });
  }

  /** Whether every row is stored; not, where the batch has ended or goes on elsewhere. */
  async #predict(scope: TenantScope, batch: BatchPrediction, signal: AbortSignal): Promise<boolean> {
    const version = await scope.read((manager) => manager.findOneBy(ModelVersion, { id: batch.versionId }));
    if (!version) return false;
    const dataset = await this.services.datasets.require(scope, batch.datasetId ?? "");
    const source = await openRows(this.services, scope, dataset, version, signal);
    const added = resultColumns(version, source.columns);
    const { header, line } = resultText(batch.format, [...source.columns, ...added.names]);
    const limits = pieceLimits(
      source.columns.length + added.names.length,
      scope.tenant.limits["predictionsPerMinute"] ?? undefined,
    );
    let now = batch;
    for await (const piece of piecesOf(source.rows, batch.rowsDone, limits)) {
      await this.services.metering.check(scope, Meter.PREDICTIONS, piece.rows);
      const lines = await this.#lines(
        scope,
        version,
        piece,
        (cells, prediction) => line([...cells, ...added.cells(prediction)]),
        now.rowsDone,
        signal,
      );
      const text = (now.pieces === 0 ? header : "") + lines.join("");
      const etaMs = expected(batch.startedAt, now.rowsDone + piece.rows, batch.rows);
      const stored = await storePiece(scope, this.services.metering, now, { rows: piece.rows, text, etaMs });
      if (!stored) return false;
      now = stored;
    }
    return true;
  }

  /** One request after the other: a dataset never has more than one waiting before the threads. */
  async #lines(
    scope: TenantScope,
    version: ModelVersion,
    { requests }: Piece,
    write: (cells: readonly (string | null)[], prediction: Predicted) => string,
    before: number,
    signal: AbortSignal,
  ): Promise<string[]> {
    const lines: string[] = [];
    for (const rows of requests) {
      signal.throwIfAborted();
      const inputs = rows.map((row) => row.inputs);
      const { predictions } = await this.predictions
        .answers(scope, version, inputs)
        .catch((error: unknown) => Promise.reject(ofRows(error, before + lines.length)));
      predictions.forEach((prediction, at) => lines.push(write(rows[at]?.cells ?? [], prediction)));
    }
    signal.throwIfAborted();
    return lines;
  }

  async #finish(scope: TenantScope, id: string): Promise<void> {
    await scope.write("batchPrediction.run", async (work) => {
      const batch = await lockBatch(work, id);
      if (!batch || isFinal(batch.status)) return;
      const { rowsDone, sizeBytes } = await endBatch(work, batch, {
        status: BatchPredictionStatus.SUCCEEDED,
        expiresAt: new Date(clock.now().getTime() + this.resultDays * dayMs),
      });
      work.emit<BatchEvent>({
        type: "batchPrediction.succeeded",
        subject: id,
        after: { rows: rowsDone, bytes: sizeBytes },
      });
    });
  }

  /** Ends the batch as FAILED: what was stored is metered, and not given out. One that has ended stays as it is. */
  async fail(tenantId: string | null, id: string, failure: JobFailure): Promise<void> {
    const scope = await scopeFor(this.services.tenancy, tenantId, id);
    await scope?.write("batchPrediction.run", async (work) => {
      const batch = await lockBatch(work, id);
      if (!batch || isFinal(batch.status)) return;
      const told = tellable(failure);
      await endBatch(work, batch, { status: BatchPredictionStatus.FAILED, failure: told });
      work.emit<BatchEvent>({
        type: "batchPrediction.failed",
        subject: id,
        after: { ...told, rows: batch.rowsDone },
        outcome: "FAILURE",
      });
    });
  }

  /** Puts it off until its tenant is served again; what is stored stays. Always throws, as `untilServed`. */
  #postpone(scope: TenantScope, id: string, served: AbortSignal): Promise<never> {
    return untilServed(served, () =>
      scope.write("batchPrediction.run", async (work) => {
        const batch = await lockBatch(work, id);
        if (batch?.status !== BatchPredictionStatus.RUNNING) return;
        const change = { status: BatchPredictionStatus.QUEUED, etaMs: null };
        await work.manager.update(BatchPrediction, { id }, change);
        const after = { rows: batch.rowsDone };
        work.emit<BatchEvent>({ type: "batchPrediction.paused", subject: id, after });
        work.notify("batchPrediction", { job: id });
      }),
    );
  }
}

type Predicted = Awaited<ReturnType<PredictionService["answers"]>>["predictions"][number];

/** Windows of a plan's limits that pace a batch; the day's is what the plan has at all, and ends it. */
const pacing: ReadonlySet<unknown> = new Set(["predictionsPerMinute", "predictionsPerHour"]);

/** Until the limit in the way counts anew; null where that is none to wait for. */
function secondsToWait(error: unknown): number | null {
  if (!(error instanceof QuotaExceeded) || !pacing.has(error.extensions["limit"])) return null;
  const resetsAt = Date.parse(String(error.extensions["resetsAt"]));
  return Math.max(1, Math.ceil((resetsAt - clock.now().getTime()) / 1_000));
}

/** Whether trying again would end the same way: the data or the plan is at fault, not this process. */
const isVerdict = (error: unknown): error is TenfoldError =>
  error instanceof TenfoldError && !(error instanceof Unavailable);

/** A declared error keeps its words; those of any other may hold what is not for the caller. */
const tellable = ({ code, message }: JobFailure): { code: string; message: string } =>
  code !== undefined && isDeclared(code)
    ? { code, message }
    : { code: "INTERNAL", message: "The prediction could not be finished. Start it again." };
