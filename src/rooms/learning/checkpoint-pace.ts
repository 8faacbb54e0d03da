import type { TrainerLimits } from "./trainer-messages.js";

/** A checkpoint up to this size costs no more than the report of an epoch, which is stored anyway. */
const smallBytes = 2 ** 20;

/**
 * Decides after which epochs a checkpoint is made. It is made and stored while the next epoch is trained, but takes the
 * same cores; that of ten million parameters has 120 MB. What the last one cost says how long to wait for the next.
 */
export class CheckpointPace {
  #bytes = 0;
  #costMs = 0;
  #storedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: Pick<TrainerLimits, "checkpointEvery" | "checkpointShare">) {}

  due(epoch: number, now: number): boolean {
    const { checkpointEvery, checkpointShare } = this.limits;
    if (checkpointEvery === 0 || epoch % checkpointEvery !== 0) return false;
    // Of the time from one store to the next, the cost is at most the share.
    return this.#bytes <= smallBytes || now - this.#storedAt >= this.#costMs * (1 / checkpointShare - 1);
  }

  /** @param from when the making began; `to` when it was stored, in milliseconds */
  stored(bytes: number, from: number, to: number): void {
    this.#bytes = bytes;
    this.#costMs = to - from;
    this.#storedAt = to;
  }
}
