import { hashOf } from "./hash.js";
import type { PredictorPoolOptions } from "./predictor-options.js";
import { PredictorThread } from "./predictor-thread.js";

type Options = Pick<
  PredictorPoolOptions,
  "threads" | "mostHeapBytes" | "cacheBytes" | "engines" | "heapMegabytes"
>;

/** The threads of a pool, each in a slot: one that has ended is replaced when its slot is asked for again. */
export class PredictorThreads {
  readonly #threads: (PredictorThread | undefined)[];
  readonly #ended = new Set<Promise<void>>();

  constructor(private readonly options: Options) {
    this.#threads = Array.from({ length: options.threads });
  }

  /** Of a model always the same. */
  slotOf(key: string): number {
    return hashOf(key) % this.#threads.length;
  }

  /** Of a model with so many replicas, always the same; the first is `slotOf`. */
  slotsOf(key: string, replicas: number): number[] {
    const { length } = this.#threads;
    const first = this.slotOf(key);
    return Array.from({ length: Math.min(replicas, length) }, (_, next) => (first + next) % length);
  }

  /** The slot's thread, started when needed: one that dies at its start can't spin in a loop of restarts. */
  at(slot: number): PredictorThread {
    const present = this.#threads[slot];
    if (present) return present;
    const ended = Promise.withResolvers<void>();
    const thread = new PredictorThread(this.options, () => {
      if (this.#threads[slot] === thread) this.#threads[slot] = undefined;
      this.#ended.delete(ended.promise);
      ended.resolve();
    });
    this.#threads[slot] = thread;
    this.#ended.add(ended.promise);
    return thread;
  }

  /** Replaces the slot's thread where its heap, which never shrinks, has grown too large. */
  recycle(slot: number, thread: PredictorThread): void {
    if (thread.heapBytes <= this.options.mostHeapBytes || this.#threads[slot] !== thread) return;
    this.#threads[slot] = undefined;
    thread.retire();
  }

  evict(key: string): void {
    // How many replicas there were is not known any more.
    for (const thread of this.#threads) thread?.evict(key);
  }

  /** Ends all at once, as a crash would. */
  async end(): Promise<void> {
    const threads = this.#threads.filter((thread) => thread !== undefined);
    await Promise.all(threads.map((thread) => thread.end()));
  }

  /** Ends all, and resolves once those that were retired earlier are gone too. */
  async close(): Promise<void> {
    await this.end();
    await Promise.all(this.#ended);
  }
}
