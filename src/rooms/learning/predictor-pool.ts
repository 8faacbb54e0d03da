import { Unavailable } from "../../kernel/errors.js";
import type { JsonRow } from "./cell.js";
import {
  type Evaluate,
  type Evaluated,
  type Admit,
  explain,
  type Explanation,
  type ExplanationRequest,
} from "./explanation/index.js";
import { ArtefactInvalid } from "./errors.js";
import { type EndTurn, WaitingRoom } from "./fair-turns.js";
import type { GeneratedTurn, GenerationTurn } from "./generation/turn.js";
import { type GenerationRequest, type WrittenPiece, writeText } from "./generation/write-text.js";
import { ImageRows } from "./image-rows.js";
import { failedRow, modelFailed } from "./importing/errors.js";
import type { CoalitionsOfRow, ModelColumns } from "./predictor-messages.js";
import { Batches, dealOut, joined, refused } from "./predictor-batches.js";
import type { Answered, Batch, Request } from "./predictor-batches.js";
import { defaultOptions, type PredictorPoolOptions } from "./predictor-options.js";
import type { ModelSource } from "./predictor-thread.js";
import { PredictorThreads } from "./predictor-threads.js";
import { PredictorTurns } from "./predictor-turns.js";
import { partsOf, type RowPart } from "./row-parts.js";
import { checkKinds } from "./row-kinds.js";
import { checkReadable, checkRows, rowLimits } from "./rows.js";
import { textOf, textsOf } from "./row-text.js";

function ofRows(columns: ModelColumns | null): ModelColumns {
  if (columns) return columns;
  throw new ArtefactInvalid("This model goes on with texts and predicts no rows.");
}

const ownerOf = ({ owner, key }: ModelSource): string => owner ?? key;

/** Serves predictions from threads: a model always from the same one, loaded when first asked for. */
export class PredictorPool {
  readonly #options: PredictorPoolOptions;
  readonly #threads: PredictorThreads;
  readonly #batches: Batches;
  readonly #running = new Set<Promise<void>>();
  readonly #images = new ImageRows();
  readonly #turns: PredictorTurns;
  readonly #room: WaitingRoom;
  #closed = false;

  constructor(options: Partial<PredictorPoolOptions> = {}) {
    this.#options = { ...defaultOptions, ...options };
    this.#batches = new Batches(this.#options.microBatching);
    this.#threads = new PredictorThreads(this.#options);
    this.#turns = new PredictorTurns(this.#options.threads);
    this.#room = new WaitingRoom(this.#options.room);
  }

  /**
   * One prediction a row, in order.
   * @throws BAD_USER_INPUT with paths such as `rows.3.age`, IMPORTED_MODEL_FAILED with the row, UNAVAILABLE where the
   * thread died or the pool is closed, ARTEFACT_INVALID, RATE_LIMITED where the model's owner has too many requests
   * waiting, or what `load` threw
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
  async explain(
    model: ModelSource,
    rows: unknown,
    request: ExplanationRequest,
    admit?: Admit,
  ): Promise<Explanation> {
    const checked = await this.#checked(model, rows);
    const columns = await this.#columnsOf(model);
    checkReadable(checked, columns);
    checkKinds(checked, columns.kinds);
    const row = textOf(checked[0] ?? {}, columns);
    const leave = this.#room.enter(ownerOf(model), row.length);
    const evaluate: Evaluate = (coalitions, output) =>
      this.#evaluate(model, { row, coalitions, output }, columns.apart);
    return explain(evaluate, request, admit).finally(leave);
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
    const thread = this.#threads.at(this.#threads.slotOf(model.key));
    return thread.columnsOf(model) ?? thread.load(model).then(ofRows);
  }

  #ask(model: ModelSource, rows: readonly JsonRow[], columns: ModelColumns): Promise<Answered> {
    checkReadable(rows, columns);
    // Who prepared them knows the kinds of their columns, and what one cell among thousands is to become.
    if (!model.prepared) checkKinds(rows, columns.kinds);
    const parts = partsOf(textsOf(rows, columns));
    const bytes = parts.reduce((sum, { text }) => sum + text.length, 0);
    const leave = this.#room.enter(ownerOf(model), bytes);
    const answers = parts.map((part) => this.#askPart(model, part, columns.apart));
    const [only, ...more] = answers;
    // Nearly all are one part, and joining it costs as much as asking for it.
    return (only && more.length === 0 ? only : Promise.all(answers).then(joined)).finally(leave);
  }

  #askPart(model: ModelSource, part: RowPart, apart: boolean): Promise<Answered> {
    const request: Request = { ...Promise.withResolvers<Answered>(), ...part };
    const batch = this.#batches.take(model, request, apart);
    // After the turn's input has been read: whoever asks in the same turn rides along, and nobody waits for a timer.
    if (batch && this.#options.microBatching) setImmediate(() => this.#await(batch));
    else if (batch) this.#await(batch);
    return request.promise;
  }

  async #evaluate(model: ModelSource, coalitions: CoalitionsOfRow, apart: boolean): Promise<Evaluated> {
    if (this.#closed) throw new Unavailable();
    const slot = this.#threads.slotOf(model.key);
    const turn = Promise.withResolvers<EndTurn>();
    this.#turns.take(slot, apart, ownerOf(model), turn.resolve);
    const end = await turn.promise;
    const evaluated = this.#track(this.#threads.at(slot).evaluate(model, coalitions)).finally(end);
    // What was computed were coalitions of the one row there is.
    return evaluated.catch((error: unknown) =>
      Promise.reject(failedRow(error) === null ? error : modelFailed(0)),
    );
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
    const slot = this.#threads.slotOf(model.key);
    // Asked for anew in each turn: the thread of the turn before may have ended, or been replaced, since.
    const thread = this.#threads.at(slot);
    const generated = await this.#track(thread.generate(model, turn));
    this.#threads.recycle(slot, thread);
    return generated.turn;
  }

  /** Forgets a loaded model, e.g. of a deleted tenant. */
  evict(key: string): void {
    this.#threads.evict(key);
  }

  /** Ends all threads at once, as a crash would: what they were asked fails with UNAVAILABLE, the next request starts anew. */
  async kill(): Promise<void> {
    await this.#threads.end();
  }

  /** Answers what has been asked, then ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#images.close();
    // Batches of this turn are not in line yet.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#running.size > 0) await Promise.all(this.#running);
    await this.#threads.close();
  }

  /** Runs the batch when it is its owner's turn; until then whoever asks the same model rides along. */
  #await(batch: Batch): void {
    const waiting = Promise.withResolvers<void>();
    this.#running.add(waiting.promise);
    const { key, replicas = 1 } = batch.model;
    const slot = this.#turns.idlest(this.#threads.slotsOf(key, replicas), batch.apart);
    this.#turns.take(slot, batch.apart, ownerOf(batch.model), (end) => {
      this.#batches.shut(batch);
      this.#start(batch, slot, end);
      this.#running.delete(waiting.promise);
      waiting.resolve();
    });
  }

  #start(batch: Batch, slot: number, end: EndTurn): void {
    void this.#track(this.#run(batch, slot)).finally(end);
  }

  async #run(batch: Batch, slot: number): Promise<void> {
    const { model, requests, rows } = batch;
    try {
      const thread = this.#threads.at(slot);
      const texts = requests.flatMap(({ text }) => (text === "" ? [] : [text]));
      const predicted = await thread.predict(model, `[${texts.join(",")}]`);
      this.#threads.recycle(slot, thread);
      dealOut(requests, rows, predicted);
    } catch (error) {
      for (const one of refused(batch, error)) this.#await(one);
    }
  }
}
