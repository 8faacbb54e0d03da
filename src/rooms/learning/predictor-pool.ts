import { Unavailable } from "../../kernel/errors.js";
import type { JsonRow } from "./cell.js";
import {
  type Evaluate,
  type Evaluated,
  explain,
  type Explanation,
  type ExplanationWish,
} from "./explanation/index.js";
import { type EndTurn, FairTurns, WaitingRoom } from "./fair-turns.js";
import type { GeneratedTurn, GenerationTurn } from "./generation/turn.js";
import { type GenerationRequest, type WrittenPiece, writeText } from "./generation/write-text.js";
import { ImageRows } from "./image-rows.js";
import { describe, type Prediction } from "./prediction.js";
import type { CoalitionsOfRow, ModelColumns } from "./predictor-messages.js";
import type { Engine } from "./predictor-network.js";
import {
  defaultOptions,
  mostBatchBytes,
  mostBatchRows,
  type PredictorPoolOptions,
  turns,
  turnsApart,
} from "./predictor-options.js";
import { type ModelSource, PredictorThread } from "./predictor-thread.js";
import { partsOf, type RowPart } from "./row-parts.js";
import { checkColumns, checkNumbers, checkRows, noNumber, rowLimits } from "./rows.js";
import { textOf, textsOf } from "./row-text.js";

/** The predictions in the order of the rows, and what computed them. */
export interface Answered {
  predictions: Prediction[];
  engine: Engine;
}

type Request = PromiseWithResolvers<Answered> & RowPart;

const joined = (parts: Answered[]): Answered => ({
  predictions: parts.length === 1 ? (parts[0]?.predictions ?? []) : parts.flatMap((part) => part.predictions),
  engine: parts[0]?.engine ?? "TFJS",
});

/** FNV-1a of Fowler, Noll and Vo: spreads keys evenly, at a tenth of what a digest of Node's costs a request. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

interface Batch {
  model: ModelSource;
  requests: Request[];
  rows: number;
  bytes: number;
  /** As in `ModelColumns`. */
  apart: boolean;
}

const ownerOf = ({ owner, key }: ModelSource): string => owner ?? key;

/** Serves predictions from threads: a model always from the same one, loaded when first asked for. */
export class PredictorPool {
  readonly #options: PredictorPoolOptions;
  readonly #threads: (PredictorThread | undefined)[];
  readonly #ended = new Set<Promise<void>>();
  readonly #open = new Map<string, Batch>();
  readonly #running = new Set<Promise<void>>();
  readonly #images = new ImageRows();
  readonly #turns: FairTurns[];
  readonly #turnsApart: FairTurns[];
  readonly #room: WaitingRoom;
  #closed = false;

  constructor(options: Partial<PredictorPoolOptions> = {}) {
    this.#options = { ...defaultOptions, ...options };
    this.#threads = Array.from({ length: this.#options.threads });
    this.#turns = Array.from(this.#threads, () => new FairTurns(turns));
    this.#turnsApart = Array.from(this.#threads, () => new FairTurns(turnsApart));
    this.#room = new WaitingRoom(this.#options.room);
  }

  /**
   * One prediction a row, in order.
   * @throws BAD_USER_INPUT with paths such as `rows.3.age`, UNAVAILABLE where the thread died or the pool is closed,
   * ARTEFACT_INVALID, RATE_LIMITED where the model's owner has too many requests waiting, or what `load` threw
   */
  async predict(model: ModelSource, rows: unknown): Promise<Answered> {
    const checked = await this.#checked(model, rows);
    const columns = this.#columnsOf(model);
    return columns instanceof Promise
      ? this.#track(columns.then((loaded) => this.#ask(model, checked, loaded)))
      : this.#ask(model, checked, columns);
  }

  /**
   * What each part of a row adds to its prediction. The network is asked in short turns, between those of others.
   * @throws as `predict`, and as `explain`
   */
  async explain(model: ModelSource, rows: unknown, wish: ExplanationWish): Promise<Explanation> {
    const checked = await this.#checked(model, rows);
    const columns = await this.#columnsOf(model);
    checkColumns(checked, columns.known);
    checkNumbers(checked, columns.needed);
    const row = textOf(checked[0] ?? {}, columns);
    const leave = this.#room.enter(ownerOf(model), row.length);
    const evaluate: Evaluate = (coalitions, output) =>
      this.#evaluate(model, { row, coalitions, output }, columns.apart);
    return explain(evaluate, wish).finally(leave);
  }

  async #checked(model: ModelSource, rows: unknown): Promise<JsonRow[]> {
    if (this.#closed) throw new Unavailable();
    const checked = model.image
      ? await this.#images.decoded(rows, model.image)
      : checkRows(rows, model.prepared ? rowLimits.requestBytes : rowLimits.textLength);
    // Decoding takes its time, and a pool that was closed meanwhile must not begin threads again.
    if (this.#closed) throw new Unavailable();
    return checked;
  }

  #columnsOf(model: ModelSource): ModelColumns | Promise<ModelColumns> {
    const thread = this.#thread(this.#slotOf(model.key));
    return thread.columnsOf(model) ?? thread.load(model);
  }

  #ask(model: ModelSource, rows: readonly JsonRow[], columns: ModelColumns): Promise<Answered> {
    checkColumns(rows, columns.known);
    checkNumbers(rows, columns.needed);
    const parts = partsOf(textsOf(rows, columns));
    const bytes = parts.reduce((sum, { text }) => sum + text.length, 0);
    const leave = this.#room.enter(ownerOf(model), bytes);
    return Promise.all(parts.map((part) => this.#askPart(model, part, columns.apart)))
      .then(joined)
      .finally(leave);
  }

  #askPart(model: ModelSource, part: RowPart, apart: boolean): Promise<Answered> {
    const request: Request = { ...Promise.withResolvers<Answered>(), ...part };
    if (this.#options.microBatching) this.#enqueue(model, request, apart);
    else this.#await({ model, requests: [request], rows: request.rows, bytes: 0, apart });
    return request.promise;
  }

  async #evaluate(model: ModelSource, coalitions: CoalitionsOfRow, apart: boolean): Promise<Evaluated> {
    if (this.#closed) throw new Unavailable();
    const slot = this.#slotOf(model.key);
    const turn = Promise.withResolvers<EndTurn>();
    this.#turnsOf(slot, apart)?.take(ownerOf(model), turn.resolve);
    const end = await turn.promise;
    return this.#track(this.#thread(slot).evaluate(model, coalitions)).finally(end);
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
    const generated = await this.#track(thread.generate(model, turn));
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
    // Batches of this turn are not in line yet.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#running.size > 0) await Promise.all(this.#running);
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

  /** A stranger's graph may take half a minute, so that the turns of all others are never taken by such. */
  #turnsOf(slot: number, apart: boolean): FairTurns | undefined {
    return (apart ? this.#turnsApart : this.#turns)[slot];
  }

  #enqueue(model: ModelSource, request: Request, apart: boolean): void {
    const batch = this.#open.get(model.key) ?? this.#openBatch(model, apart);
    batch.requests.push(request);
    batch.rows += request.rows;
    batch.bytes += request.text.length;
    // A full batch takes no more; where it waits for its turn already, it goes on waiting.
    if (batch.rows >= mostBatchRows || batch.bytes >= mostBatchBytes) this.#shut(batch);
  }

  #openBatch(model: ModelSource, apart: boolean): Batch {
    const batch: Batch = { model, requests: [], rows: 0, bytes: 0, apart };
    this.#open.set(model.key, batch);
    // After the turn's input has been read: whoever asks in the same turn rides along, and nobody waits for a timer.
    setImmediate(() => this.#await(batch));
    return batch;
  }

  #shut(batch: Batch): void {
    if (this.#open.get(batch.model.key) === batch) this.#open.delete(batch.model.key);
  }

  /** Runs the batch when it is its owner's turn; until then whoever asks the same model rides along. */
  #await(batch: Batch): void {
    const waiting = Promise.withResolvers<void>();
    this.#running.add(waiting.promise);
    this.#turnsOf(this.#slotOf(batch.model.key), batch.apart)?.take(ownerOf(batch.model), (end) => {
      this.#shut(batch);
      this.#start(batch, end);
      this.#running.delete(waiting.promise);
      waiting.resolve();
    });
  }

  #start(batch: Batch, end: EndTurn): void {
    void this.#track(this.#run(batch)).finally(end);
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
        const fault = part.findIndex((value) => !Number.isFinite(value));
        if (fault < 0) request.resolve({ predictions: describe(reading, part), engine });
        else request.reject(noNumber(`rows.${request.first + Math.floor(fault / width)}`));
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
