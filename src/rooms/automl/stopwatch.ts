import type { Spent } from "./records.js";

/** Time since it was last read. */
export class Stopwatch {
  #from = performance.now();
  #trainedMs = 0;

  get sinceMs(): number {
    return performance.now() - this.#from;
  }

  trained(ms: number): void {
    this.#trainedMs += ms;
  }

  /** What was spent since the last time, which then is counted. */
  read(): Spent {
    const now = performance.now();
    const spent = { searchedMs: now - this.#from, trainedMs: this.#trainedMs };
    this.#from = now;
    this.#trainedMs = 0;
    return spent;
  }
}
