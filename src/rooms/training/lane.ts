import type { Kernel } from "../../kernel/kernel.js";
import type { JobFailure, JobInput } from "../../kernel/jobs/index.js";
import type { TrainingRun } from "./training.job.js";

/** What runs jobs of one kind; see `Jobs.work`. */
export interface TrainingWork {
  run(input: JobInput<{ jobId: string }>): Promise<void>;
  fail(tenantId: string | null, jobId: string, failure: JobFailure): Promise<void>;
}

/**
 * The queue of all that trains, whichever room started it: a plan's number of trainings at once, and a worker's number
 * of processes, hold over all kinds together. The kind of a job is the prefix of its id.
 */
export class TrainingLane {
  readonly #kinds = new Map<string, TrainingWork>();

  constructor(readonly queue: TrainingRun) {}

  /** Before work begins; the handlers are called in processes that work alone. */
  take(prefix: string, work: TrainingWork): void {
    this.#kinds.set(prefix, work);
  }

  begin({ jobs }: Kernel): void {
    jobs.work(
      this.queue,
      (input) => this.#of(input.payload.jobId).run(input),
      ({ tenantId, payload: { jobId }, failure }) => this.#of(jobId).fail(tenantId, jobId, failure),
    );
  }

  #of(jobId: string): TrainingWork {
    const work = this.#kinds.get(jobId.slice(0, jobId.lastIndexOf("_")));
    if (work) return work;
    throw new Error(`Nothing here runs ${jobId}.`);
  }
}
