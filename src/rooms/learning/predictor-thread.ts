import { Worker } from "node:worker_threads";
import { Unavailable } from "../../kernel/errors.js";
import { fromPlainError } from "./errors.js";
import type { ImageInput } from "./image-rows.js";
import type { Engine } from "./predictor-network.js";
import type { FromPredictor, ToPredictor } from "./predictor-messages.js";

export interface ModelSource {
  /** Of a model that reads images: where in a row they are, and in which size it sees them. */
  image?: ImageInput | null;
  /** Names the artefact for good, e.g. its version id: another artefact needs another key. */
  key: string;
  /** Gives the artefact's bytes; called when a thread does not hold the model. */
  load: () => Promise<Uint8Array>;
}

export type Predicted = Extract<FromPredictor, { type: "predicted" }>;

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
  readonly #loads = new Map<string, Promise<void>>();
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
    if (message.type === "predicted") this.heapBytes = message.heapBytes;
    if (message.type === "failed") asked?.reject(fromPlainError(message.error, Unavailable));
    else asked?.resolve(message);
  }

  #ask(
    question:
      | { type: "predict"; key: string; names: string[][]; requests: string }
      | { type: "load"; key: string; artefact: Uint8Array },
  ): Promise<FromPredictor> {
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

  async #loadOnce({ key, load }: ModelSource): Promise<void> {
    const running = this.#loads.get(key);
    if (running) return running;
    const loading = load().then(async (artefact) => void (await this.#ask({ type: "load", key, artefact })));
    this.#loads.set(key, loading);
    try {
      await loading;
    } finally {
      this.#loads.delete(key);
    }
  }

  /** @param requests JSON text of a list of `PackedRow[]` with these lists of names. @throws UNAVAILABLE, ARTEFACT_INVALID, or what `load` threw */
  async predict(model: ModelSource, names: string[][], requests: string): Promise<Predicted> {
    this.#running++;
    try {
      for (let loads = 0; loads <= mostLoads; loads++) {
        const answer = await this.#ask({ type: "predict", key: model.key, names, requests });
        if (answer.type === "predicted") return answer;
        if (loads < mostLoads) await this.#loadOnce(model);
      }
      throw new Unavailable("The model does not fit into the memory set aside for serving.");
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
