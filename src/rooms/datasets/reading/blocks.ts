import { setImmediate } from "node:timers/promises";
import { atPlace, DatasetTooLarge } from "../dataset.errors.js";
import { chunksOf } from "../../../kernel/uploads/index.js";
import { inBytes } from "./limits.js";

const blockBytes = 64 * 1024;

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
  for await (const chunk of chunksOf(source, signal)) {
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
