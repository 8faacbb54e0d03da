import { failedRow, modelFailed } from "./importing/errors.js";
import { describe, type Prediction } from "./prediction.js";
import type { Engine } from "./predictor-network.js";
import { mostBatchBytes, mostBatchRows } from "./predictor-options.js";
import type { ModelSource, Predicted } from "./predictor-thread.js";
import type { RowPart } from "./row-parts.js";
import { noNumber } from "./rows.js";

/** The predictions in the order of the rows, and what computed them. */
export interface Answered {
  predictions: Prediction[];
  engine: Engine;
}

/** What one caller asked, to be answered with others. */
export type Request = PromiseWithResolvers<Answered> & RowPart;

/** Requests of one model that a thread answers at once. */
export interface Batch {
  model: ModelSource;
  requests: Request[];
  rows: number;
  bytes: number;
  /** As in `ModelColumns`. */
  apart: boolean;
}

/** Puts requests for a model together while its batch waits for its turn. */
export class Batches {
  readonly #open = new Map<string, Batch>();

  /** Not `together`: each request is a batch of its own. */
  constructor(private readonly together: boolean) {}

  /** Answers the batch that was opened for the request; null where it rides along in one that waits already. */
  take(model: ModelSource, request: Request, apart: boolean): Batch | null {
    const known = this.together ? this.#open.get(model.key) : undefined;
    const batch = known ?? { model, requests: [], rows: 0, bytes: 0, apart };
    batch.requests.push(request);
    batch.rows += request.rows;
    batch.bytes += request.text.length;
    if (this.together) this.#open.set(model.key, batch);
    // A full batch takes no more; where it waits for its turn already, it goes on waiting.
    if (batch.rows >= mostBatchRows || batch.bytes >= mostBatchBytes) this.shut(batch);
    return known ? null : batch;
  }

  /** Nobody rides along from now on. */
  shut(batch: Batch): void {
    if (this.#open.get(batch.model.key) === batch) this.#open.delete(batch.model.key);
  }
}

/**
 * Tells a batch's requests why they were not answered. A row that an imported model fails with is its sender's alone, so
 * where there are others the requests are answered as batches to be asked again: each in a turn of its own, since one
 * turn for all would keep other owners waiting as often as there are requests.
 */
export function refused({ model, requests, apart }: Batch, error: unknown): Batch[] {
  const row = failedRow(error);
  if (row !== null && requests.length > 1)
    return requests.map((one) => ({ model, requests: [one], rows: one.rows, bytes: one.text.length, apart }));
  for (const { first, reject } of requests) reject(row === null ? error : modelFailed(first + row));
  return [];
}

/** Gives each request its part of what the thread answered to all. A row that makes no number fails its request alone. */
export function dealOut(
  requests: readonly Request[],
  rows: number,
  { outputs, reading, engine }: Predicted,
): void {
  const width = rows > 0 ? outputs.length / rows : 0;
  let at = 0;
  for (const request of requests) {
    const part = outputs.subarray(at, (at += request.rows * width));
    const fault = part.findIndex((value) => !Number.isFinite(value));
    if (fault < 0) request.resolve({ predictions: describe(reading, part), engine });
    else request.reject(noNumber(`rows.${request.first + Math.floor(fault / width)}`));
  }
}

/** The answer to rows that were asked in several parts. */
export const joined = (parts: readonly Answered[]): Answered => ({
  predictions: parts.length === 1 ? (parts[0]?.predictions ?? []) : parts.flatMap((part) => part.predictions),
  engine: parts[0]?.engine ?? "TFJS",
});
