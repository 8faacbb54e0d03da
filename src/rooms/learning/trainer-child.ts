import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { constants, setPriority } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Row } from "./cell.js";
import { fromPlainError, TrainingAborted, TrainingBroken, TrainingCrashed } from "./errors.js";
import { oomKills, outOfMemory, outOfTime, ranOutOfMemory } from "./failure-cause.js";
import { inBackground } from "./background.js";
import type { LearningPlan, Progress, ScoringPlan, SurveyPlan } from "./plan.js";
import type { FromTrainer, JobResult, ToTrainer, TrainerLimits } from "./trainer-messages.js";

interface Rows {
  columns: string[];
  /** Read once, piece by piece, so that neither side holds the loop up over a large table. */
  rows: Iterable<Row> | AsyncIterable<Row>;
  /** From `onEpoch` of an earlier run of the same training. */
  checkpoint?: Uint8Array | null;
}

export type TrainingRequest = LearningPlan & Rows;
export type ScoringRequest = ScoringPlan & Rows;
export type SurveyRequest = SurveyPlan & Rows;
export type JobRequest = TrainingRequest | ScoringRequest | SurveyRequest;

export interface TrainingHooks {
  /** Called in order, never twice at once; what it throws ends the training. */
  onEpoch?: (progress: Progress, checkpoint: Uint8Array | null) => Promise<void> | void;
  signal?: AbortSignal;
}

export interface ChildLimits extends TrainerLimits {
  timeMs: number;
}

const entry = fileURLToPath(new URL("./trainer-process.js", import.meta.url));
const rowsPerMessage = 500;
const errorTailLength = 4_000;

async function* inPieces(rows: TrainingRequest["rows"]): AsyncGenerator<Row[]> {
  let piece: Row[] = [];
  for await (const row of rows) {
    if (piece.push(row) < rowsPerMessage) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/**
 * Lets whoever answers callers go first wherever processors are short: a training takes what is left of them. Below
 * normal is not enough: with four trainings the p99 of the API was still 1.9 times that without. Called right after the
 * start, since threads take their priority from the one that starts them.
 */
function putLast(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, which its exit tells, or this machine has no such thing; it trains all the same.
  }
}

/** One training process as the pool sees it. After a failure or a cancellation it is dead and not used again. */
export class TrainerChild {
  jobs = 0;
  heapBytes = 0;
  readonly exited: Promise<unknown>;
  readonly #process: ChildProcess;
  readonly #killsBefore = oomKills();
  #errorTail = "";

  /** @param processors how many it may run on; null is all */
  constructor(memoryBytes: number, processors: number | null) {
    const heapMegabytes = Math.max(64, Math.floor(memoryBytes / 2 ** 20));
    this.#process = fork(entry, [], {
      env: {},
      // Data of strangers is computed on here: reading the code is all this process may do with files.
      ...inBackground(
        ["--permission", "--allow-fs-read=*", `--max-old-space-size=${heapMegabytes}`],
        processors,
      ),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    putLast(this.#process.pid);
    this.exited = once(this.#process, "exit");
    this.#process.on("error", (error) => this.#keepError(error.message));
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => this.#keepError(text));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** While it has nothing to do, it keeps this process from ending no longer than a timer would that is let go. */
  rest(): void {
    this.#process.unref();
    this.#process.channel?.unref();
    this.#errors?.unref?.();
  }

  wake(): void {
    this.#process.ref();
    this.#process.channel?.ref();
    this.#errors?.ref?.();
  }

  /** A pipe of a child is a socket, which its type does not say. */
  get #errors(): Partial<Pick<Socket, "ref" | "unref">> | null {
    return this.#process.stderr as unknown as Partial<Pick<Socket, "ref" | "unref">> | null;
  }

  get alive(): boolean {
    return this.#process.connected && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  #keepError(text: string): void {
    this.#errorTail = (this.#errorTail + text).slice(-errorTailLength);
  }

  /** SIGKILL: nothing in the process can delay it. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Why it is gone: a verdict on the training where it used up its memory, else a mishap. */
  #ended(): Error {
    const { exitCode: code, signalCode: signal } = this.#process;
    const output = this.#errorTail;
    if (ranOutOfMemory({ code, signal, output, killsBefore: this.#killsBefore })) return outOfMemory();
    return Object.assign(new TrainingCrashed(), { cause: output });
  }

  /** Resolves when the message has left; a dead process is noticed by its exit, not here. */
  #send(message: ToTrainer): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#process.connected) return resolve();
      this.#process.send(message, () => resolve());
    });
  }

  async #sendJob(request: JobRequest, limits: TrainerLimits): Promise<void> {
    const { columns, rows, checkpoint = null, ...plan } = request;
    await this.#send({ type: "plan", plan, columns, checkpoint, limits });
    for await (const piece of inPieces(rows)) {
      if (!this.alive) return;
      await this.#send({ type: "rows", rows: piece });
      // A send that ends at once calls back in the same turn, and a large table would hold the loop up for its whole length.
      await setImmediate();
    }
    await this.#send({ type: "run" });
  }

  /** Runs one job. @throws the declared errors of errors.ts, or what `rows` or `onEpoch` threw */
  async run(request: JobRequest, hooks: TrainingHooks, limits: ChildLimits): Promise<JobResult> {
    this.jobs++;
    const outcome = Promise.withResolvers<JobResult>();
    const stop = (error: unknown) => {
      outcome.reject(error);
      this.kill();
    };
    const crashed = () => outcome.reject(this.#ended());
    const aborted = () => stop(new TrainingAborted());
    const heard = this.#listener(outcome, hooks, stop);
    const timer = setTimeout(() => stop(outOfTime()), limits.timeMs);
    // Not its exit: what it wrote last, which tells why, may come after that.
    this.#process.on("message", heard).on("close", crashed);
    hooks.signal?.addEventListener("abort", aborted);
    try {
      if (hooks.signal?.aborted) aborted();
      else if (!this.alive) crashed();
      else this.#sendJob(request, limits).catch(stop);
      return await outcome.promise;
    } finally {
      clearTimeout(timer);
      this.#process.off("message", heard).off("close", crashed);
      hooks.signal?.removeEventListener("abort", aborted);
    }
  }

  #listener(
    outcome: PromiseWithResolvers<JobResult>,
    hooks: TrainingHooks,
    stop: (error: unknown) => void,
  ): (message: FromTrainer) => void {
    // Epochs queue up behind one another, and the result behind the last epoch.
    let earlier: Promise<void> = Promise.resolve();
    const epoch = async ({ progress, checkpoint }: Extract<FromTrainer, { type: "epoch" }>) => {
      await hooks.onEpoch?.(progress, checkpoint);
      await this.#send({ type: "acknowledged" });
    };
    return (message) => {
      if (message.type === "epoch") {
        earlier = earlier.then(() => epoch(message));
        earlier.catch(stop);
      } else if (message.type === "done") {
        this.heapBytes = message.heapBytes;
        earlier.then(() => outcome.resolve(message.result)).catch(stop);
      } else if (message.type === "failed") outcome.reject(fromPlainError(message.error, TrainingBroken));
    };
  }
}
