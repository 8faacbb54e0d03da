import type { TrainerLimits } from "./trainer-messages.js";

/** A checkpoint up to this size costs no more than the report of an epoch, which is stored anyway. */
const smallBytes = 2 ** 20;

/**
 * Decides after which epochs a checkpoint is made. That of ten million parameters has 120 MB to read, copy and send
 * while the training stands still; what the last one cost says how long to wait for the next.
 */
export class CheckpointPace {
  #bytes = 0;
  #costMs = 0;
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: Pick<TrainerLimits, "checkpointEvery" | "checkpointShare">) {}

  due(epoch: number, now: number): boolean {
    const { checkpointEvery, checkpointShare } = this.limits;
    if (checkpointEvery === 0 || epoch % checkpointEvery !== 0) return false;
    // Of the time from one to the next, the cost is at most the share.
    return this.#bytes <= smallBytes || now - this.#madeAt >= this.#costMs * (1 / checkpointShare - 1);
  }

  /** @param costMs how long the training stood still for it */
  made(bytes: number, costMs: number, now: number): void {
    this.#bytes = bytes;
    this.#costMs = costMs;
    this.#madeAt = now;
  }

  /** The training stood still once more, because the last one was not stored yet. */
  waited(ms: number): void {
    this.#costMs += ms;
  }
}
