import { Unavailable } from "../../kernel/errors.js";
import { fromPlainError } from "./errors.js";
import { ImageRows } from "./image-rows.js";
import { describe, type Prediction } from "./prediction.js";
import { type Engine, engines } from "./predictor-network.js";
import { type ModelSource, type Predicted, PredictorThread, type ThreadLimits } from "./predictor-thread.js";
import { NamesOfRows } from "./request-rows.js";
import { checkRows } from "./rows.js";

/** The limits hold for each thread. */
export interface PredictorPoolOptions extends ThreadLimits {
  threads: number;
  /** Answer requests for a model that arrive in one turn of the event loop together. */
  microBatching: boolean;
  /** A thread is replaced when its WebAssembly heap, which never shrinks, has grown beyond this. */
  mostHeapBytes: number;
}

const defaults: PredictorPoolOptions = {
  threads: 2,
  cacheBytes: 256 * 2 ** 20,
  engines,
  heapMegabytes: 512,
  microBatching: true,
  mostHeapBytes: 2 ** 30,
};

/** Rows, and size of their text, beyond which a batch is sent off without waiting for more. */
const mostBatchRows = 64;
const mostBatchBytes = 2 ** 20;

/** FNV-1a of Fowler, Noll and Vo: spreads keys evenly, at a tenth of what a digest costs a request. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The predictions in the order of the rows, and what computed them. */
export interface Answered {
  predictions: Prediction[];
  engine: Engine;
}

type Request = PromiseWithResolvers<Answered>;

interface Batch {
  model: ModelSource;
  requests: Request[];
  /** Each request's rows as JSON. */
  texts: string[];
  names: NamesOfRows;
  rows: number;
  bytes: number;
}

const newBatch = (model: ModelSource): Batch => ({
  model,
  requests: [],
  texts: [],
  names: new NamesOfRows(),
  rows: 0,
  bytes: 0,
});

/** Serves predictions from threads: a model always from the same one, loaded when first asked for. */
export class PredictorPool {
  readonly #options: PredictorPoolOptions;
  readonly #threads: (PredictorThread | undefined)[];
  readonly #ended = new Set<Promise<void>>();
  readonly #open = new Map<string, Batch>();
  readonly #running = new Set<Promise<void>>();
  readonly #images = new ImageRows();
  #closed = false;

  constructor(options: Partial<PredictorPoolOptions> = {}) {
    this.#options = { ...defaults, ...options };
    this.#threads = Array.from({ length: this.#options.threads });
  }

  /**
   * One prediction a row, in order.
   * @throws BAD_USER_INPUT with paths such as `rows.3.age`, UNAVAILABLE where the thread died or the pool is closed,
   * ARTEFACT_INVALID, or what `load` threw
   */
  async predict(model: ModelSource, rows: unknown): Promise<Answered> {
    if (this.#closed) throw new Unavailable();
    const checked = model.image ? await this.#images.decoded(rows, model.image) : checkRows(rows);
    // Decoding takes its time, and a pool that was closed meanwhile must not begin threads again.
    if (this.#closed) throw new Unavailable();
    const request = Promise.withResolvers<Answered>();
    const batched = this.#options.microBatching;
    const batch = batched ? (this.#open.get(model.key) ?? this.#openBatch(model)) : newBatch(model);
    const text = batch.names.pack(checked);
    batch.requests.push(request);
    batch.texts.push(text);
    batch.rows += checked.length;
    batch.bytes += text.length;
    if (!batched) this.#start(batch);
    else if (batch.rows >= mostBatchRows || batch.bytes >= mostBatchBytes) this.#flush(batch);
    return request.promise;
  }

  /** Forgets a loaded model, e.g. of a deleted tenant. */
  evict(key: string): void {
    this.#threads[this.#slotOf(key)]?.evict(key);
  }

  /** Ends all threads at once, as a crash would: what they were asked fails with UNAVAILABLE, the next request starts anew. */
  async kill(): Promise<void> {
    await this.#endThreads();
  }

  /** Answers what has been asked, then ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#images.close();
    for (const batch of this.#open.values()) this.#flush(batch);
    await Promise.all(this.#running);
    await this.#endThreads();
    // Threads that were retired earlier may still be on their way out.
    await Promise.all(this.#ended);
  }

  async #endThreads(): Promise<void> {
    const threads = this.#threads.filter((thread) => thread !== undefined);
    await Promise.all(threads.map((thread) => thread.end()));
  }

  #slotOf(key: string): number {
    return hashOf(key) % this.#threads.length;
  }

  #openBatch(model: ModelSource): Batch {
    const batch = newBatch(model);
    this.#open.set(model.key, batch);
    // After the turn's input has been read: whoever asks in the same turn rides along, and nobody waits for a timer.
    setImmediate(() => this.#flush(batch));
    return batch;
  }

  #flush(batch: Batch): void {
    if (this.#open.get(batch.model.key) !== batch) return;
    this.#open.delete(batch.model.key);
    this.#start(batch);
  }

  #start(batch: Batch): void {
    const running = this.#run(batch).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run({ model, requests, texts, names }: Batch): Promise<void> {
    try {
      const slot = this.#slotOf(model.key);
      const thread = this.#thread(slot);
      const predicted = await thread.predict(model, names.lists, `[${texts.join(",")}]`);
      this.#recycle(slot, thread);
      this.#settle(requests, predicted);
    } catch (error) {
      for (const request of requests) request.reject(error);
    }
  }

  #settle(requests: Request[], { reading, engine, outcomes, outputs }: Predicted): void {
    let at = 0;
    requests.forEach((request, place) => {
      const outcome = outcomes[place];
      if (!outcome) request.reject(new Unavailable());
      else if ("error" in outcome) request.reject(fromPlainError(outcome.error, Unavailable));
      else {
        const own = outputs.subarray(at, (at += outcome.count));
        request.resolve({ predictions: describe(reading, own), engine });
      }
    });
  }

  /** The slot's thread, started when needed: one that dies at its start can't spin in a loop of restarts. */
  #thread(slot: number): PredictorThread {
    const present = this.#threads[slot];
    if (present) return present;
    const ended = Promise.withResolvers<void>();
    const thread = new PredictorThread(this.#options, () => {
      if (this.#threads[slot] === thread) this.#threads[slot] = undefined;
      this.#ended.delete(ended.promise);
      ended.resolve();
    });
    this.#threads[slot] = thread;
    this.#ended.add(ended.promise);
    return thread;
  }

  #recycle(slot: number, thread: PredictorThread): void {
    if (thread.heapBytes <= this.#options.mostHeapBytes || this.#threads[slot] !== thread) return;
    this.#threads[slot] = undefined;
    thread.retire();
  }
}
