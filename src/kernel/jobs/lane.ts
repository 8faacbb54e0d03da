import { setTimeout as wait } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Log } from "../log.js";
import type { Claimed } from "./boss.js";
import { claim } from "./claim.js";
import { type AbortCause, JobPostponed } from "./job.js";
import { Completer, postpone, release, retryLater } from "./outcome.js";
import { type Perform, Run } from "./run.js";

export interface LaneOptions {
  queue: string;
  concurrency: number;
  perTenant?: number;
  retryDelaySeconds: number;
  perform: Perform;
  /** Told of every attempt's end. */
  onEnd?: (job: Claimed, error: unknown) => void;
}

const outcomeTries = 20;
const outcomePauseMs = 500;

/**
 * Runs the jobs of one queue in this process, up to its concurrency. pg-boss' own worker loop is left aside:
 * it pauses between single jobs, settles a batch only when its slowest job ends, and can't hand jobs back.
 */
export class Lane {
  readonly #running = new Map<string, Run>();
  readonly #attempts = new Set<Promise<void>>();
  readonly #completer: Completer;
  #pump: Promise<void> | undefined;
  #missed = false;
  #stopping = false;

  constructor(
    private readonly boss: PgBoss,
    private readonly log: Log,
    readonly options: LaneOptions,
  ) {
    this.#completer = new Completer(boss, options.queue);
  }

  /** Attempts that need a heartbeat. */
  get running(): Run[] {
    return [...this.#running.values()];
  }

  /** Fetches as long as there are jobs and room. A wake-up during a fetch repeats it: it may have come too late. */
  wake(): void {
    this.#missed = true;
    if (this.#stopping) return;
    this.#pump ??= this.#fill()
      .catch((error: unknown) => this.log.error({ err: error, queue: this.options.queue }, "claiming jobs"))
      .finally(() => {
        this.#pump = undefined;
      });
  }

  abort(jobId: string, why: AbortCause): void {
    this.#running.get(jobId)?.abort(why);
  }

  /** Stops claiming, interrupts what runs, and after `graceMs` gives back what has not ended. */
  async drain(graceMs: number): Promise<void> {
    this.#stopping = true;
    await this.#pump;
    for (const run of this.#running.values()) run.abort("shutdown");
    const patience = new AbortController();
    const grace = wait(graceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#attempts), grace]);
    patience.abort();
    await release(this.boss, this.options.queue, [...this.#running.keys()]);
  }

  async #fill(): Promise<void> {
    const { queue, concurrency, perTenant } = this.options;
    while (this.#missed && !this.#stopping) {
      const room = concurrency - this.#running.size;
      if (room <= 0) return;
      this.#missed = false;
      const jobs = await claim(this.boss, queue, room, perTenant);
      for (const job of jobs) this.#start(job);
      // Not all that is ready may have come, see claim.
      if (jobs.length > 0) this.#missed = true;
    }
  }

  #start(job: Claimed): void {
    const run = new Run(job);
    this.#running.set(job.id, run);
    const attempt = this.#attempt(run).finally(() => {
      this.#running.delete(job.id);
      this.#attempts.delete(attempt);
      this.wake();
    });
    this.#attempts.add(attempt);
  }

  async #attempt(run: Run): Promise<void> {
    const error = await run.attempt(this.options.perform).then(
      () => undefined,
      (thrown: unknown) => thrown ?? new Error("The handler rejected with nothing."),
    );
    this.options.onEnd?.(run.job, error);
    await this.#persist(() => this.#record(run, error), run.job);
  }

  async #record({ job, aborted }: Run, error: unknown): Promise<void> {
    if (error === undefined) return this.#completer.complete(job.id);
    // The row already says so, or belongs to another worker.
    if (aborted === "cancelled" || aborted === "lost") return;
    if (error instanceof JobPostponed) return this.#postpone(job, error);
    if (aborted === "shutdown") return release(this.boss, job.name, [job.id]);
    this.log.warn({ err: error, queue: job.name, jobId: job.id, attempt: job.retryCount + 1 }, "job failed");
    await retryLater(this.boss, job, this.options.retryDelaySeconds, error);
  }

  #postpone(job: Claimed, postponed: JobPostponed): Promise<void> {
    const { delaySeconds, message } = postponed;
    this.log.info({ queue: job.name, jobId: job.id, delaySeconds, reason: message }, "job postponed");
    return postpone(this.boss, job, postponed);
  }

  /** Tries until the database is back. Should it not come, the heartbeat ends and the job runs once more. */
  async #persist(record: () => Promise<void>, job: Claimed): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await record();
      } catch (error) {
        this.log.error({ err: error, queue: job.name, jobId: job.id, tries }, "recording a job's outcome");
        if (this.#stopping || tries === outcomeTries) return;
        await wait(outcomePauseMs);
      }
    }
  }
}
