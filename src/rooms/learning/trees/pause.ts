import { setImmediate } from "node:timers/promises";

/** A tree over many rows takes minutes: so often a lost parent, and memory beyond what is allowed, must be noticed. */
const noticeEveryMs = 250;

/** Lets go of the event loop now and then. Asked first, since waiting where nothing is due costs more than a column. */
export class Pause {
  #last = performance.now();

  constructor(private readonly everyMs = noticeEveryMs) {}

  get isDue(): boolean {
    return performance.now() - this.#last >= this.everyMs;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
  }
}
