import { LRUCache } from "lru-cache";
import { Worker } from "node:worker_threads";
import { Unavailable } from "../../kernel/errors.js";
import { Turns } from "../../kernel/turns.js";
import { fromPlainError } from "./errors.js";
import type { GenerationTurn } from "./generation/turn.js";
import type { ImageInput } from "./image-rows.js";
import type { Engine } from "./predictor-network.js";
import type { CoalitionsOfRow, FromPredictor, ModelColumns, ToPredictor } from "./predictor-messages.js";

export interface ModelSource {
  /** Of a model that reads images: where in a row they are, and in which size it sees them. */
  image?: ImageInput | null;
  /** Whether the rows hold cells as data files do, of an image its pixels: then texts may fill a whole request. */
  prepared?: boolean;
  /** Who takes turns with others for the threads, e.g. the tenant; left out, the model is nobody's. */
  owner?: string;
  /** Threads that predict with it side by side; left out, one. */
  replicas?: number;
  /** Names the artefact for good, e.g. its version id: another artefact needs another key. */
  key: string;
  /** Gives the artefact's bytes; called when a thread does not hold the model. */
  load: () => Promise<Uint8Array>;
}

/** Models whose columns are kept at hand; of others they are learnt again by loading. */
const mostColumns = 1_000;

export type Predicted = Extract<FromPredictor, { type: "predicted" }>;
type EvaluatedRow = Extract<FromPredictor, { type: "evaluated" }>;
type Generated = Extract<FromPredictor, { type: "generated" }>;

/** What is asked of a model, without the number under which it is answered. */
type Question =
  | { type: "predict"; key: string; rows: string }
  | { type: "generate"; key: string; turn: GenerationTurn }
  | ({ type: "evaluate"; key: string } & CoalitionsOfRow);

export interface ThreadLimits {
  /** Memory for loaded models, in bytes. */
  cacheBytes: number;
  /** Engines that may compute; tfjs always may. */
  engines: readonly Engine[];
  /** JavaScript heap beyond which the thread ends, in MiB. */
  heapMegabytes: number;
}

/** A model may be pushed out by others between loading and use; more often than this the cache is too small. */
const mostLoads = 3;

/** One prediction thread and the questions it has not yet answered. */
export class PredictorThread {
  heapBytes = 0;
  readonly #worker: Worker;
  readonly #asked = new Map<number, PromiseWithResolvers<FromPredictor>>();
  readonly #loads = new Map<string, Promise<ModelColumns | null>>();
  readonly #columns = new LRUCache<string, ModelColumns>({ max: mostColumns });
  readonly #turns = new Turns();
  #nextId = 1;
  #running = 0;
  #retired = false;
  #ended = false;

  /** `onEnd` is called once, when the thread is gone for whatever reason. */
  constructor(limits: ThreadLimits, onEnd: () => void) {
    const { cacheBytes, engines, heapMegabytes } = limits;
    this.#worker = new Worker(new URL("./predictor-worker.js", import.meta.url), {
      workerData: { cacheBytes, engines },
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    this.#worker.on("message", (message: FromPredictor) => this.#settle(message));
    // An uncaught error ends the thread; the exit that follows tells those who wait.
    this.#worker.on("error", () => undefined);
    this.#worker.once("exit", () => {
      this.#ended = true;
      onEnd();
      for (const { reject } of this.#asked.values()) reject(new Unavailable());
      this.#asked.clear();
    });
  }

  #settle(message: FromPredictor): void {
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ("heapBytes" in message) this.heapBytes = message.heapBytes;
    if (message.type === "failed") asked?.reject(fromPlainError(message.error, Unavailable));
    else asked?.resolve(message);
  }

  #ask(question: Question | { type: "load"; key: string; artefact: Uint8Array }): Promise<FromPredictor> {
    // A thread that died while a model was fetched for it would never answer.
    if (this.#ended) return Promise.reject(new Unavailable());
    const id = this.#nextId++;
    const asked = Promise.withResolvers<FromPredictor>();
    this.#asked.set(id, asked);
    this.#post({ ...question, id });
    return asked.promise;
  }

  #post(message: ToPredictor): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, unlike a window
    this.#worker.postMessage(message);
  }

  /** What the model reads, if it has been loaded here. */
  columnsOf({ key }: ModelSource): ModelColumns | undefined {
    return this.#columns.get(key);
  }

  /** Loads the model, once for all who ask meanwhile; null where it reads no rows. @throws UNAVAILABLE, ARTEFACT_INVALID, or what `load` threw */
  async load(model: ModelSource): Promise<ModelColumns | null> {
    const running = this.#loads.get(model.key);
    if (running) return running;
    const loading = this.#load(model);
    this.#loads.set(model.key, loading);
    try {
      return await loading;
    } finally {
      this.#loads.delete(model.key);
    }
  }

  async #load({ key, load }: ModelSource): Promise<ModelColumns | null> {
    const answer = await this.#ask({ type: "load", key, artefact: await load() });
    if (answer.type !== "loaded") throw new Unavailable();
    if (answer.columns) this.#columns.set(key, answer.columns);
    return answer.columns;
  }

  /** @param rows JSON text of a list of lists of cells. @throws UNAVAILABLE, ARTEFACT_INVALID, or what `load` threw */
  predict(model: ModelSource, rows: string): Promise<Predicted> {
    const told = (answer: FromPredictor): answer is Predicted => answer.type === "predicted";
    return this.#answered(model, { type: "predict", key: model.key, rows }, told);
  }

  /** @throws as `predict` */
  evaluate(model: ModelSource, coalitions: CoalitionsOfRow): Promise<EvaluatedRow> {
    const told = (answer: FromPredictor): answer is EvaluatedRow => answer.type === "evaluated";
    return this.#answered(model, { type: "evaluate", key: model.key, ...coalitions }, told);
  }

  /**
   * A few tokens of a text. One turn at a time is given to the thread, whoever's it is: texts go round and round, and a
   * prediction waits for one turn at most. @throws as `predict`
   */
  generate(model: ModelSource, turn: GenerationTurn): Promise<Generated> {
    const told = (answer: FromPredictor): answer is Generated => answer.type === "generated";
    return this.#turns.take("", () =>
      this.#answered(model, { type: "generate", key: model.key, turn }, told),
    );
  }

  async #answered<Answer extends FromPredictor>(
    model: ModelSource,
    question: Question,
    isAnswer: (answer: FromPredictor) => answer is Answer,
  ): Promise<Answer> {
    this.#running++;
    try {
      for (let loads = 0; loads <= mostLoads; loads++) {
        const answer = await this.#ask(question);
        if (isAnswer(answer)) return answer;
        if (loads < mostLoads) await this.load(model);
      }
      throw new Unavailable(
        "The model does not fit into the memory set aside for serving. Deploy a smaller version.",
      );
    } finally {
      this.#running--;
      if (this.#retired && this.#running === 0) void this.end();
    }
  }

  /** Loads an artefact and tells what will compute its answers. @throws UNAVAILABLE, ARTEFACT_INVALID */
  async engineOf(artefact: Uint8Array): Promise<Engine | null> {
    const answer = await this.#ask({ type: "load", key: "", artefact });
    return answer.type === "loaded" ? answer.engine : null;
  }

  evict(key: string): void {
    this.#columns.delete(key);
    this.#post({ type: "evict", key });
  }

  /** Ends the thread as soon as it has answered what it was asked. */
  retire(): void {
    this.#retired = true;
    if (this.#running === 0) void this.end();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
