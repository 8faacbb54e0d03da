import type { Claimed } from "./boss.js";
import { type AbortCause, JobAborted } from "./job.js";

/** Runs what a job asks for; rejects if the attempt failed. */
export type Perform = (job: Claimed, signal: AbortSignal) => Promise<void>;

/** One attempt of one job in this process. */
export class Run {
  readonly #abort = new AbortController();
  readonly #expiry: NodeJS.Timeout;
  #ended = false;

  constructor(readonly job: Claimed) {
    this.#expiry = setTimeout(() => this.abort("expired"), job.expireInSeconds * 1000);
    this.#expiry.unref();
  }

  /** Why the handler was told to stop, if it was. */
  get aborted(): AbortCause | undefined {
    const { reason } = this.#abort.signal;
    return reason instanceof JobAborted ? reason.why : undefined;
  }

  abort(why: AbortCause): void {
    if (!this.#ended) this.#abort.abort(new JobAborted(why));
  }

  /**
   * Ends with the handler, or without it when the job expired: a handler deaf to its signal would hold its
   * place in the lane for ever. Every other abort waits, as the handler may be half-way through a commit.
   */
  async attempt(perform: Perform): Promise<void> {
    const { signal } = this.#abort;
    const expired = new Promise<never>((_, reject) => {
      signal.addEventListener(
        "abort",
        () => this.aborted === "expired" && reject(signal.reason as JobAborted),
      );
    });
    try {
      await Promise.race([perform(this.job, signal), expired]);
    } finally {
      this.#ended = true;
      clearTimeout(this.#expiry);
    }
  }
}
