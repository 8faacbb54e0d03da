import { clock } from "../../../kernel/clock.js";
import type { UnitOfWork } from "../../../kernel/database/unit-of-work.js";
import { BatchPrediction, BatchPredictionStatus, isFinal } from "./batch-prediction.entity.js";

/** The row, locked until the unit of work ends: who finds it open may go on with it, and nobody else at the same time. */
export const lockBatch = (work: UnitOfWork, id: string): Promise<BatchPrediction | null> =>
  work.manager.findOne(BatchPrediction, { where: { id }, lock: { mode: "pessimistic_write" } });

/** Ends a locked batch. Only what SUCCEEDED has a result, for a while; of any other nothing is kept but what it used. */
export async function endBatch(
  work: UnitOfWork,
  batch: BatchPrediction,
  ending: Pick<BatchPrediction, "status"> & Partial<Pick<BatchPrediction, "failure" | "expiresAt">>,
): Promise<BatchPrediction> {
  const { id, status } = batch;
  if (isFinal(status)) throw new Error(`A batch prediction can't go from ${status} to ${ending.status}.`);
  const done = ending.status === BatchPredictionStatus.SUCCEEDED;
  const change = { ...ending, etaMs: done ? 0 : null, finishedAt: clock.now() };
  await work.manager.update(BatchPrediction, { id }, change);
  if (!done) await work.query("delete from batch_prediction_piece where batch_id = $1", [id]);
  work.notify("batchPrediction", { job: id });
  return Object.assign(batch, change);
}
