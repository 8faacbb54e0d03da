import { Unavailable } from "../../kernel/errors.js";
import type { JsonCell, JsonRow } from "./cell.js";
import type { GeneratedTurn, GenerationTurn } from "./generation/turn.js";
import { type GenerationRequest, type WrittenPiece, writeText } from "./generation/write-text.js";
import { ImageRows } from "./image-rows.js";
import { describe, type Prediction } from "./prediction.js";
import { type Engine, engines } from "./predictor-network.js";
import type { ModelColumns } from "./predictor-messages.js";
import { type ModelSource, PredictorThread, type ThreadLimits } from "./predictor-thread.js";
import { checkColumns, checkRows } from "./rows.js";
import { observationsOf } from "./series/index.js";

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

/** The predictions in the order of the rows, and what computed them. */
export interface Answered {
  predictions: Prediction[];
  engine: Engine;
}

interface Request extends PromiseWithResolvers<Answered> {
  rows: number;
  /** The rows as JSON, one after the other. */
  text: string;
}

/**
 * A row's cells in the order of the model's columns, as JSON. Only a row's own properties count: a column may be called
 * "constructor".
 */
function textOf(row: JsonRow, columns: ModelColumns): string {
  const cells = Array<JsonCell>(columns.places.size).fill(null);
  for (const column of Object.keys(row)) {
    const place = columns.places.get(column);
    if (place !== undefined) cells[place] = row[column] ?? null;
  }
  return JSON.stringify(cells);
}

/** FNV-1a of Fowler, Noll and Vo: spreads keys evenly, at a tenth of what a digest of Node's costs a request. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** What goes through the network, row by row; of a series all rows are one history, and what is answered are the steps after it. */
const textsOf = (rows: readonly JsonRow[], columns: ModelColumns): string[] =>
  columns.series
    ? [JSON.stringify(observationsOf(columns.series, rows))]
    : rows.map((row) => textOf(row, columns));

interface Batch {
  model: ModelSource;
  requests: Request[];
  rows: number;
  bytes: number;
}

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
    const thread = this.#thread(this.#slotOf(model.key));
    const columns = thread.columnsOf(model);
    if (columns) return this.#ask(model, checked, columns);
    return this.#track(thread.load(model).then((loaded) => this.#ask(model, checked, loaded)));
  }

  #ask(model: ModelSource, rows: readonly JsonRow[], columns: ModelColumns): Promise<Answered> {
    checkColumns(rows, columns.known);
    const texts = textsOf(rows, columns);
    const request: Request = {
      ...Promise.withResolvers<Answered>(),
      rows: texts.length,
      text: texts.join(","),
    };
    if (this.#options.microBatching) this.#enqueue(model, request);
    else this.#start({ model, requests: [request], rows: request.rows, bytes: 0 });
    return request.promise;
  }

  /** Lets `close` wait for it, however it ends. */
  #track<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(
      () => void this.#running.delete(ended),
      () => void this.#running.delete(ended),
    );
    this.#running.add(ended);
    return work;
  }

  /** Writes a text, a few tokens at a time; who stops reading ends it. @throws as `predict` */
  generate(model: ModelSource, request: GenerationRequest): AsyncGenerator<WrittenPiece, void> {
    return writeText(request, (turn) => this.#turn(model, turn));
  }

  async #turn(model: ModelSource, turn: GenerationTurn): Promise<GeneratedTurn> {
    if (this.#closed) throw new Unavailable();
    const slot = this.#slotOf(model.key);
    // Asked for anew in each turn: the thread of the turn before may have ended, or been replaced, since.
    const thread = this.#thread(slot);
    const generated = await thread.generate(model, turn);
    this.#recycle(slot, thread);
    return generated.turn;
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

  #enqueue(model: ModelSource, request: Request): void {
    const batch = this.#open.get(model.key) ?? this.#openBatch(model);
    batch.requests.push(request);
    batch.rows += request.rows;
    batch.bytes += request.text.length;
    if (batch.rows >= mostBatchRows || batch.bytes >= mostBatchBytes) this.#flush(batch);
  }

  #openBatch(model: ModelSource): Batch {
    const batch: Batch = { model, requests: [], rows: 0, bytes: 0 };
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
    void this.#track(this.#run(batch));
  }

  async #run({ model, requests, rows }: Batch): Promise<void> {
    try {
      const slot = this.#slotOf(model.key);
      const thread = this.#thread(slot);
      const texts = requests.flatMap(({ text }) => (text === "" ? [] : [text]));
      const { outputs, reading, engine } = await thread.predict(model, `[${texts.join(",")}]`);
      this.#recycle(slot, thread);
      const width = rows > 0 ? outputs.length / rows : 0;
      let at = 0;
      for (const request of requests) {
        const part = outputs.subarray(at, (at += request.rows * width));
        request.resolve({ predictions: describe(reading, part), engine });
      }
    } catch (error) {
      for (const request of requests) request.reject(error);
    }
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
