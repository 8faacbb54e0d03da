import { Worker } from "node:worker_threads";
import { Unavailable } from "../errors.js";
import { ImageFault, ImageTooLarge } from "./headers.js";
import type { Decoded, FromDecoder, ToDecoder, Wanted } from "./messages.js";

interface DecoderPoolOptions {
  /** Threads at once; each begins with the first image that finds the others busy. */
  threads: number;
  /** How long one image may take, in milliseconds. */
  deadlineMs: number;
  /** JavaScript heap beyond which a thread ends, in MiB. */
  heapMegabytes: number;
}

interface Task {
  message: ToDecoder;
  settled: PromiseWithResolvers<Decoded>;
}

/**
 * Decodes images in threads, so that a large or hostile one holds up no request; a thread that takes too long or dies is
 * replaced, and the image that did it refused. First come first served: callers keep few images on the way.
 */
export class DecoderPool {
  readonly #waiting: Task[] = [];
  readonly #threads = new Set<DecoderThread>();
  #nextId = 1;
  #closed = false;

  constructor(private readonly options: DecoderPoolOptions) {}

  /** Checks and decodes a PNG or JPEG, a copy of whose bytes goes to the thread. Throws ImageFault, UNAVAILABLE. */
  decode(bytes: Uint8Array, wanted: Wanted, limits: ToDecoder["limits"]): Promise<Decoded> {
    if (this.#closed) throw new Unavailable();
    // A buffer of its own, or the move would take others' bytes along that share a pool with it.
    const own = new Uint8Array(bytes);
    const message = { id: this.#nextId++, bytes: own, wanted, limits };
    const task = { message, settled: Promise.withResolvers<Decoded>() };
    this.#waiting.push(task);
    this.#dispatch();
    return task.settled.promise;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = [...this.#threads].find(({ busy }) => !busy) ?? this.#begin();
      const task = thread && this.#waiting.shift();
      if (!thread || !task) return;
      thread.run(task);
    }
  }

  #begin(): DecoderThread | null {
    if (this.#threads.size >= this.options.threads) return null;
    const thread = new DecoderThread(
      this.options,
      () => this.#dispatch(),
      () => {
        this.#threads.delete(thread);
        if (!this.#closed) this.#dispatch();
      },
    );
    this.#threads.add(thread);
    return thread;
  }

  /** Ends all threads; what they had on the way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { settled } of this.#waiting.splice(0)) settled.reject(new Unavailable());
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }
}

class DecoderThread {
  readonly #worker: Worker;
  #task: Task | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: DecoderPoolOptions,
    private readonly onFree: () => void,
    onEnd: () => void,
  ) {
    this.#worker = new Worker(new URL("./decoder-worker.js", import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytes },
    });
    // An idle thread must not keep a process alive that is done.
    this.#worker.unref();
    this.#worker.on("message", (message: FromDecoder) => this.#settle(message));
    this.#worker.on("error", () => undefined);
    this.#worker.once("exit", () => {
      this.#fail("takes too much time or memory to decode. Save it anew, or smaller.");
      onEnd();
    });
  }

  get busy(): boolean {
    return this.#task !== null;
  }

  run(task: Task): void {
    this.#task = task;
    this.#worker.ref();
    this.#deadline = setTimeout(() => void this.#worker.terminate(), this.options.deadlineMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, unlike a window
    this.#worker.postMessage(task.message, [task.message.bytes.buffer as ArrayBuffer]);
  }

  async end(): Promise<void> {
    this.#take()?.settled.reject(new Unavailable());
    await this.#worker.terminate();
  }

  #settle(message: FromDecoder): void {
    const task = this.#take();
    if (!task) return;
    if ("decoded" in message) task.settled.resolve(message.decoded);
    else {
      const { fault } = message;
      task.settled.reject(new (fault.tooLarge ? ImageTooLarge : ImageFault)(fault.message));
    }
    this.onFree();
  }

  #fail(message: string): void {
    this.#take()?.settled.reject(new ImageFault(message));
  }

  #take(): Task | null {
    clearTimeout(this.#deadline);
    const task = this.#task;
    this.#task = null;
    this.#worker.unref();
    return task;
  }
}
