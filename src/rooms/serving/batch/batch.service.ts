import { clock, newId } from "../../../kernel/clock.js";
import type { TenantContext } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../../kernel/database/unit-of-work.js";
import { badInput, Forbidden, NotFound } from "../../../kernel/errors.js";
import type { Kernel } from "../../../kernel/kernel.js";
import { Environment, type ModelVersion } from "../../models/index.js";
import type { DownloadGrants } from "../download-grants.js";
import type { PredictionService } from "../prediction.service.js";
import type { ServingServices } from "../services.js";
import { endBatch, lockBatch } from "./batch-end.js";
import { fittingRows } from "./batch-fit.js";
import {
  BatchPrediction,
  BatchPredictionFormat,
  BatchPredictionStatus,
  isFinal,
} from "./batch-prediction.entity.js";
import { BatchPredictionExpired, BatchPredictionFinished, BatchPredictionNotReady } from "./batch.errors.js";
import type { BatchEvent } from "./batch.events.js";
import type { ExportBatchPredictionPayload, StartBatchPredictionInput } from "./batch.inputs.js";
import { batchRun, queueId } from "./batch.job.js";

/** Starting, cancelling and giving results out; what happens in between is the runner's. */
export class BatchService {
  constructor(
    private readonly kernel: Kernel,
    private readonly services: ServingServices,
    private readonly predictions: PredictionService,
    private readonly grants: DownloadGrants,
  ) {}

  /** Row, queue entry and audit event in one transaction. Whatever can be told from the profile is refused here. */
  async start(context: TenantContext, input: StartBatchPredictionInput): Promise<BatchPrediction> {
    const { tenant, viewer } = context;
    const { datasets } = this.services;
    checkMayRead(context);
    const version = await this.#version(tenant, input);
    const dataset = await datasets.require(tenant, input.datasetId);
    const batch = Object.assign(new BatchPrediction(), {
      id: newId("batch"),
      modelId: version.modelId,
      versionId: version.id,
      datasetId: dataset.id,
      status: BatchPredictionStatus.QUEUED,
      format: input.format ?? BatchPredictionFormat.CSV,
      rows: fittingRows(version, dataset, datasets),
      rowsDone: 0,
      pieces: 0,
      etaMs: null,
      sizeBytes: 0,
      failure: null,
      createdBy: viewer.id,
      createdAt: clock.now(),
      startedAt: null,
      finishedAt: null,
      expiresAt: null,
    });
    await tenant.write("batchPrediction.start", async (work) => {
      await work.manager.insert(BatchPrediction, batch);
      const { id, modelId, versionId, datasetId, format, rows } = batch;
      work.emit<BatchEvent>({
        type: "batchPrediction.queued",
        subject: id,
        after: { modelId, versionId, datasetId, format, rows },
      });
      const options = { id: queueId(id) };
      work.control((sql) => this.kernel.jobs.enqueue(sql, batchRun, tenant.id, { batchId: id }, options));
    });
    return batch;
  }

  async #version(tenant: TenantScope, input: StartBatchPredictionInput): Promise<ModelVersion> {
    const { modelId, version, environment } = input;
    if (version && environment) throw badInput("environment", "Name a version or an environment, not both.");
    if (version) return this.services.versions.require(tenant, modelId, version);
    // All rows by one version, and by the one that most requests are answered with.
    return (await this.predictions.deployment(tenant, modelId, environment ?? Environment.PRODUCTION))
      .version;
  }

  /** Final at its commit; what runs ends before its next rows. Throws NOT_FOUND, BATCH_PREDICTION_FINISHED. */
  async cancel({ tenant }: TenantContext, id: string): Promise<BatchPrediction> {
    return tenant.write("batchPrediction.cancel", async (work) => {
      const batch = await lockBatch(work, id);
      if (!batch) throw noSuchBatch();
      if (isFinal(batch.status))
        throw new BatchPredictionFinished(`This batch prediction is ${batch.status} already.`);
      return this.#cancel(work, batch);
    });
  }

  /** Ends what a deleted model still had to predict, and removes its results; in the transaction of the deletion. */
  async removeOf(work: UnitOfWork, modelId: string): Promise<void> {
    const batches = await work.manager.find(BatchPrediction, {
      where: { modelId },
      lock: { mode: "pessimistic_write" },
    });
    for (const batch of batches) if (!isFinal(batch.status)) await this.#cancel(work, batch);
    await work.manager.delete(BatchPrediction, { modelId });
  }

  #cancel(work: UnitOfWork, batch: BatchPrediction): Promise<BatchPrediction> {
    const { id, status, rowsDone } = batch;
    work.emit<BatchEvent>({ type: "batchPrediction.cancelled", subject: id, before: { status, rowsDone } });
    work.control((sql) => this.kernel.jobs.cancel(sql, batchRun, queueId(id)));
    return endBatch(work, batch, { status: BatchPredictionStatus.CANCELLED });
  }

  /** A URL for the result. Throws NOT_FOUND, FORBIDDEN, BATCH_PREDICTION_NOT_READY, BATCH_PREDICTION_EXPIRED. */
  async export(context: TenantContext, batchId: string): Promise<ExportBatchPredictionPayload> {
    checkMayRead(context);
    const { tenant } = context;
    const batch = await tenant.read((manager) => manager.findOneBy(BatchPrediction, { id: batchId }));
    if (!batch) throw noSuchBatch();
    if (batch.status !== BatchPredictionStatus.SUCCEEDED)
      throw new BatchPredictionNotReady(`This batch prediction is ${batch.status} and has no result.`);
    const { expiresAt } = batch;
    if (expiresAt && expiresAt <= clock.now())
      throw new BatchPredictionExpired(undefined, { expiredAt: expiresAt.toISOString() });
    const given = await this.grants.give(context, "batchPrediction.export", {
      batchId,
      until: expiresAt,
      format: batch.format,
      event: (downloadId) => ({
        type: "batchPrediction.exported",
        subject: batchId,
        after: { format: batch.format, downloadId },
      }),
    });
    return { ...given, batchPrediction: batch };
  }
}

const noSuchBatch = (): Error => new NotFound("There is no such batch prediction.");

/** The result repeats the dataset's own columns. */
function checkMayRead({ viewer }: TenantContext): void {
  const permission = "dataset:read";
  if (!viewer.permissions.has(permission))
    throw new Forbidden(`The result holds the dataset's columns. You lack the permission ${permission}.`, {
      permission,
    });
}
