import { setImmediate } from "node:timers/promises";
import { atPlace, DatasetTooLarge } from "../dataset.errors.js";
import { inBytes } from "./limits.js";

const blockBytes = 64 * 1024;

/** Rejects with the signal's reason as soon as it aborts, even while `work` never settles. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    // A listener left behind for every chunk would grow with the file.
    signal.removeEventListener("abort", abort);
  }
}

/** The source's chunks until it ends or the signal aborts; the source is closed in every case. */
async function* chunks(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAbort(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is stuck would hold the abort up.
    iterator.return?.().catch(() => undefined);
  }
}

/**
 * Cuts the source into blocks of exactly 64 KiB (the last may be shorter), however it arrives: everything after
 * depends on the bytes alone. Pulls the source only as fast as blocks are taken, and lets other work run
 * between two blocks.
 *
 * @throws DATASET_TOO_LARGE; the signal's reason when it aborts.
 */
export async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  maximum: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(blockBytes);
  let filled = 0;
  let total = 0;
  for await (const chunk of chunks(source, signal)) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + blockBytes - filled);
      total += part.length;
      if (total > maximum) throw tooLarge(maximum);
      block.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < blockBytes) continue;
      yield block;
      await setImmediate();
      signal?.throwIfAborted();
      block = Buffer.allocUnsafe(blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

const tooLarge = (maximum: number) =>
  atPlace(
    DatasetTooLarge,
    `The file is larger than ${inBytes(maximum)}. Send a sample, or split it into several datasets.`,
    { limit: maximum },
  );
