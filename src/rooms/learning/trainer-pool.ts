import { Unavailable } from "../../kernel/errors.js";
import { TrainingAborted, TrainingCrashed } from "./errors.js";
import type { LearningResult } from "./learning.js";
import type { FoldScore } from "./search/scoring.js";
import type { Survey } from "./search/survey.js";
import {
  type ChildLimits,
  type JobRequest,
  type ScoringRequest,
  type SurveyRequest,
  TrainerChild,
  type TrainingHooks,
  type TrainingRequest,
} from "./trainer-child.js";
import type { JobResult } from "./trainer-messages.js";

export interface TrainerPoolOptions {
  /** Trainings at once; others wait in order of arrival. */
  size: number;
  /** Idle processes kept started beside the running ones, so that a job begins without the start-up time. */
  warm: number;
  /**
   * Idle processes that stay after a job, where they are more than `warm`: short jobs in a row would each end a process
   * that has started already, and start another. Null is no more than `warm`.
   */
  kept: number | null;
  /** A process is replaced after so many jobs: its WebAssembly heap never shrinks. */
  recycleAfter: number;
  /** Processors that all of them together may run on, in the background; null is all there are. Of Linux alone. */
  processors: number | null;
  /** Resident memory of one process, in bytes; a training beyond it fails. */
  memoryBytes: number;
  /** Longest time of one training, in milliseconds. */
  timeLimitMs: number;
  /** Every so many epochs `onEpoch` gets a checkpoint; 0 for never. */
  checkpointEvery: number;
  /** Largest part of the time that making and storing checkpoints may take, 0 to 1; small ones are always made. */
  checkpointShare: number;
}

/** What one job may use, where it is less than what the pool's processes are made for. */
export type OwnLimits = Partial<Pick<TrainerPoolOptions, "memoryBytes" | "timeLimitMs">>;

const defaults: TrainerPoolOptions = {
  size: 2,
  warm: 1,
  kept: null,
  recycleAfter: 16,
  processors: null,
  memoryBytes: 2 * 2 ** 30,
  timeLimitMs: 3_600_000,
  checkpointEvery: 1,
  checkpointShare: 0.15,
};

/** A process whose kernels' heap grew beyond this is replaced early. */
const mostIdleHeapBytes = 256 * 2 ** 20;

/** Training processes: one job at a time each, a few kept warm, none outliving this process. */
export class TrainerPool {
  readonly #options: TrainerPoolOptions;
  readonly #children = new Set<TrainerChild>();
  readonly #idle: TrainerChild[] = [];
  #running = 0;
  readonly #waiting: ((child: TrainerChild | null) => void)[] = [];
  #closed = false;

  constructor(options: Partial<TrainerPoolOptions> = {}) {
    this.#options = { ...defaults, ...options };
    this.#keepWarm();
  }

  /** Process ids, for status pages and drills. */
  get pids(): number[] {
    return [...this.#children].map((child) => child.pid).filter((pid) => pid !== undefined);
  }

  /**
   * Trains in a process of its own. Resolves with the artefact and its metrics on the held-out rows.
   * @throws TRAINING_ABORTED after `signal`, TRAINING_DIVERGED, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED,
   * TRAINING_CRASHED, CHECKPOINT_MISMATCH, BAD_USER_INPUT, UNAVAILABLE once closed
   */
  async train(
    request: TrainingRequest,
    hooks: TrainingHooks = {},
    limits: OwnLimits = {},
  ): Promise<LearningResult> {
    const result = await this.#run(request, hooks, limits);
    if ("artefact" in result) return result;
    throw new TrainingCrashed();
  }

  /** Trains as far as the request says and measures on its fold. @throws as `train` does */
  async score(
    request: ScoringRequest,
    hooks: TrainingHooks = {},
    limits: OwnLimits = {},
  ): Promise<FoldScore> {
    const result = await this.#run(request, hooks, limits);
    if ("measures" in result) return result;
    throw new TrainingCrashed();
  }

  /** Looks at the rows of a search before anything is trained on them. @throws as `train` does */
  async survey(request: SurveyRequest, hooks: TrainingHooks = {}, limits: OwnLimits = {}): Promise<Survey> {
    const result = await this.#run(request, hooks, limits);
    if ("folds" in result) return result;
    throw new TrainingCrashed();
  }

  async #run(request: JobRequest, hooks: TrainingHooks, own: OwnLimits): Promise<JobResult> {
    const child = await this.#acquire(hooks.signal);
    const options = { ...this.#options, ...own };
    const { timeLimitMs: timeMs, memoryBytes, checkpointEvery, checkpointShare } = options;
    const limits: ChildLimits = { timeMs, memoryBytes, checkpointEvery, checkpointShare };
    try {
      const result = await child.run(request, hooks, limits);
      this.#release(child);
      return result;
    } catch (error) {
      // Whatever state a failed job left behind dies with its process.
      await this.#discard(child);
      throw error;
    }
  }

  /** Ends all processes; running trainings fail as crashed, waiting ones as unavailable. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const give of this.#waiting.splice(0)) give(null);
    await Promise.all([...this.#children].map((child) => this.#end(child)));
  }

  #spawn(): TrainerChild {
    const child = new TrainerChild(this.#options.memoryBytes, this.#options.processors);
    this.#children.add(child);
    child.exited.then(
      () => this.#forget(child),
      () => this.#forget(child),
    );
    return child;
  }

  #forget(child: TrainerChild): void {
    this.#children.delete(child);
    const place = this.#idle.indexOf(child);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  #keepWarm(): void {
    while (!this.#closed && this.#idle.length < this.#options.warm) {
      const spare = this.#spawn();
      spare.rest();
      this.#idle.push(spare);
    }
  }

  async #acquire(signal: AbortSignal | undefined): Promise<TrainerChild> {
    if (this.#closed) throw new Unavailable();
    if (signal?.aborted) throw new TrainingAborted();
    if (this.#running >= this.#options.size) return this.#wait(signal);
    this.#running++;
    return this.#next();
  }

  /** The process for a job that has its turn: the spare one, for which another is started at once. */
  #next(): TrainerChild {
    const idle = this.#idle.pop();
    const child = idle?.alive ? idle : this.#spawn();
    child.wake();
    this.#keepWarm();
    return child;
  }

  async #wait(signal: AbortSignal | undefined): Promise<TrainerChild> {
    const turn = Promise.withResolvers<TrainerChild | null>();
    const aborted = () => {
      const place = this.#waiting.indexOf(turn.resolve);
      // Its turn may have come in this very moment; then the last in line must not lose theirs.
      if (place >= 0) this.#waiting.splice(place, 1);
      turn.reject(new TrainingAborted());
    };
    this.#waiting.push(turn.resolve);
    signal?.addEventListener("abort", aborted);
    const child = await turn.promise.finally(() => signal?.removeEventListener("abort", aborted));
    if (!child) throw new Unavailable();
    return child;
  }

  #release(child: TrainerChild): void {
    const worn = child.jobs >= this.#options.recycleAfter || child.heapBytes > mostIdleHeapBytes;
    const { warm, kept } = this.#options;
    const wanted = this.#waiting.length > 0 || this.#idle.length < (kept ?? warm);
    if (this.#closed || worn || !wanted || !child.alive) return void this.#discard(child);
    const next = this.#waiting.shift();
    if (next) return next(child);
    this.#running--;
    child.rest();
    this.#idle.push(child);
  }

  /** Ends a process and gives its place to the next in line. */
  async #discard(child: TrainerChild): Promise<void> {
    await this.#end(child);
    if (this.#closed) return;
    const next = this.#waiting.shift();
    if (next) return next(this.#next());
    this.#running--;
    this.#keepWarm();
  }

  async #end(child: TrainerChild): Promise<void> {
    // A spare one is not waited for otherwise, and this process would end before it.
    child.wake();
    child.kill();
    await child.exited.catch(() => undefined);
    this.#forget(child);
  }
}
