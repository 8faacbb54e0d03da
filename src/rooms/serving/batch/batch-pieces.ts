import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { clock } from "../../../kernel/clock.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { NotFound } from "../../../kernel/errors.js";
import { Meter, type MeteringService } from "../../metering/index.js";
import { lockBatch } from "./batch-end.js";
import { BatchPrediction, BatchPredictionStatus, progressOf } from "./batch-prediction.entity.js";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Binds a piece to its place: one moved to another result or position no longer opens. */
const place = (batchId: string, position: number): string => `batch_prediction:${batchId}:${position}`;

/** What of a result is done with one more piece. */
export interface Done {
  rows: number;
  text: string;
  etaMs: number;
}

/**
 * Stores the next piece: its text, how far the job is, and the rows' usage in one transaction, so that each row is
 * metered once however often the work is done. Answers the batch as it is now; null where it has ended, or another
 * worker stored this piece. Throws QUOTA_EXCEEDED.
 */
export async function storePiece(
  scope: TenantScope,
  metering: MeteringService,
  batch: BatchPrediction,
  { rows, text, etaMs }: Done,
): Promise<BatchPrediction | null> {
  const plain = Buffer.from(text);
  const bytes = scope.seal(await compress(plain), place(batch.id, batch.pieces));
  return scope.write("batchPrediction.run", async (work) => {
    const stored = await lockBatch(work, batch.id);
    if (stored?.status !== BatchPredictionStatus.RUNNING || stored.pieces !== batch.pieces) return null;
    await work.query(
      "insert into batch_prediction_piece (batch_id, position, plain_bytes, bytes) values ($1, $2, $3, $4)",
      [batch.id, batch.pieces, plain.length, bytes],
    );
    const change = {
      rowsDone: stored.rowsDone + rows,
      pieces: stored.pieces + 1,
      sizeBytes: stored.sizeBytes + plain.length,
      etaMs,
    };
    const { id, versionId: subject, createdBy: actor } = stored;
    await work.manager.update(BatchPrediction, { id }, change);
    await metering.consumeAll(work, Meter.PREDICTIONS, [{ quantity: rows, subject, actor }]);
    const now = Object.assign(stored, change);
    work.notify("batchPrediction", { job: id, progress: progressOf(now) });
    return now;
  });
}

/** The bytes of a result from `from` up to `to`, piece by piece, each from a read of its own. */
export async function* resultBytes(
  scope: TenantScope,
  batchId: string,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const sizes = await scope.query<{ position: number; plain_bytes: number }>(
    "select position, plain_bytes from batch_prediction_piece where batch_id = $1 order by position",
    [batchId],
  );
  let begin = 0;
  for (const { position, plain_bytes: size } of sizes) {
    const [first, last] = [Math.max(0, from - begin), Math.min(size, to - begin)];
    begin += size;
    if (first >= last) continue;
    yield (await openPiece(scope, batchId, position, size)).subarray(first, last);
  }
}

async function openPiece(
  scope: TenantScope,
  batchId: string,
  position: number,
  size: number,
): Promise<Buffer> {
  const [piece] = await scope.query<{ bytes: Buffer }>(
    "select bytes from batch_prediction_piece where batch_id = $1 and position = $2",
    [batchId, position],
  );
  if (!piece) throw new NotFound("There is no such result any more.");
  return decompress(scope.open(piece.bytes, place(batchId, position)), { maxOutputLength: size });
}

/** Expected time for the rest at the pace so far, waiting included. */
export function expected(since: Date | null, done: number, rows: number): number {
  const now = clock.now().getTime();
  return Math.round(((now - (since?.getTime() ?? now)) / Math.max(1, done)) * (rows - done));
}
