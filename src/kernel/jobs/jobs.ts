import type { PgBoss } from "pg-boss";
import type { Registry } from "prom-client";
import type { Log } from "../log.js";
import { type Claimed, openBoss } from "./boss.js";
import { listen, type Message } from "./bus.js";
import { type Cancelled, cancel } from "./cancel.js";
import { discard } from "./discard.js";
import { type EnqueueOptions, enqueue } from "./enqueue.js";
import { beat, ready } from "./heartbeat.js";
import { install } from "./install.js";
import type { FailureHandler, Job, JobFailure, JobHandler } from "./job.js";
import { Lane, type LaneOptions } from "./lane.js";
import { observe } from "./metrics.js";
import { ensureQueues, failedQueue } from "./queue.js";
import { asSql, type Sql } from "./sql.js";
import { wake } from "./wake.js";

export interface JobsOptions {
  /** Of the application login. */
  connectionString: string;
  log: Log;
  /** Every kind of job this deployment knows, also those that other processes work on. */
  jobs: readonly Job<unknown>[];
  metrics?: Registry;
}

export interface ScheduleOptions {
  /** Tells apart several schedules of one job. */
  key?: string;
  /** IANA time zone, UTC if left out. */
  timeZone?: string;
}

const tickMs = 1000;

/** The job queues of this process: enqueueing everywhere, handlers where `work` was called. */
export class Jobs {
  /** Creates or migrates the queues' schema as administrator; see install.ts. */
  static readonly install = install;

  readonly #boss: PgBoss;
  readonly #sql: Sql;
  readonly #lanes = new Map<string, Lane>();
  readonly #onEnd: ((job: Claimed, error: unknown) => void) | undefined;
  #silence: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ticking = false;

  constructor(private readonly options: JobsOptions) {
    this.#boss = openBoss(options.connectionString, options.log);
    this.#sql = asSql(this.#boss.getDb());
    this.#onEnd = options.metrics && observe(this.#boss, options.metrics);
  }

  /** Connects, brings the queues up to date and listens. Rejects while the database can't be reached. */
  async start(): Promise<void> {
    await ensureQueues(this.options.connectionString, this.options.jobs);
    await this.#boss.start();
    const wakeAll = () => this.#lanes.forEach((lane) => lane.wake());
    this.#silence = await listen(this.#boss.getDb(), (message) => this.#hear(message), wakeAll);
    this.#timer = setInterval(() => void this.#tick(), tickMs);
  }

  /**
   * Interrupts the handlers with reason `shutdown`, waits up to `graceMs` for them, and gives what has not
   * ended back to the queue at once, without counting the attempt.
   */
  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    // The tick goes on meanwhile: a handler that uses its grace still needs heartbeats.
    const drained = await Promise.allSettled([...this.#lanes.values()].map((lane) => lane.drain(graceMs)));
    for (const lane of drained)
      if (lane.status === "rejected") this.options.log.error({ err: lane.reason }, "draining");
    clearInterval(this.#timer);
    await this.#silence?.();
    await this.#boss.stop({ graceful: false });
  }

  /** See enqueue.ts. */
  enqueue<Payload>(
    sql: Sql,
    job: Job<Payload>,
    tenantId: string | null,
    payload: NoInfer<Payload>,
    options: EnqueueOptions = {},
  ): Promise<string> {
    return enqueue(this.#boss, sql, { job, tenantId, payload, options });
  }

  /** See cancel.ts. */
  cancel(sql: Sql, job: Job<unknown>, jobId: string): Promise<Cancelled> {
    return cancel(sql, job, jobId);
  }

  /** See wake.ts. */
  wake(sql: Sql, tenantId: string): Promise<number> {
    return wake(sql, tenantId);
  }

  /** See discard.ts. */
  discard(sql: Sql, tenantId: string): Promise<void> {
    return discard(sql, tenantId);
  }

  /**
   * Runs jobs of this kind here. `onFailed` is called, at least once and with retries, for every job that will
   * not be tried again, also when its worker was killed each time; without it the failure is only logged.
   */
  work<Payload>(job: Job<Payload>, handler: JobHandler<Payload>, onFailed?: FailureHandler<Payload>): void {
    if (!this.options.jobs.includes(job))
      throw new Error(`Job ${job.name} is not among the jobs of this process.`);
    const { concurrency, perTenant, retryDelaySeconds } = job;
    const perform: LaneOptions["perform"] = ({ id, data, retryCount }, signal) =>
      handler({
        tenantId: data.tenantId,
        payload: data.payload as Payload,
        jobId: id,
        attempt: retryCount + 1,
        signal,
      });
    this.#open({ queue: job.name, concurrency, perTenant, retryDelaySeconds, perform });
    const report = (failed: Claimed) => this.#report(failed, onFailed);
    this.#open({ queue: failedQueue(job.name), concurrency: 2, retryDelaySeconds: 1, perform: report });
  }

  /** Starts a system job by a cron expression; one occurrence is left out while the last is unfinished. */
  async schedule<Payload>(
    job: Job<Payload>,
    cron: string,
    payload: NoInfer<Payload>,
    { key = "", timeZone = "UTC" }: ScheduleOptions = {},
  ): Promise<void> {
    const options = { key, tz: timeZone, singletonKey: `schedule:${key}` };
    await this.#boss.schedule(job.name, cron, { tenantId: null, payload }, options);
  }

  #open(options: LaneOptions): void {
    if (this.#lanes.has(options.queue)) throw new Error(`Queue ${options.queue} already has a handler here.`);
    const lane = new Lane(this.#boss, this.options.log, { ...options, onEnd: this.#onEnd });
    this.#lanes.set(options.queue, lane);
    if (this.#timer) lane.wake();
  }

  async #report<Payload>(failed: Claimed, onFailed: FailureHandler<Payload> | undefined): Promise<void> {
    const { tenantId, payload } = failed.data;
    const jobId = failed.sourceId ?? failed.id;
    const failure = asFailure(failed.output);
    this.options.log.error({ queue: failed.sourceName, jobId, tenantId, failure }, "job failed for good");
    await onFailed?.({ tenantId, payload: payload as Payload, jobId, failure });
  }

  #hear(message: Message): void {
    if ("queue" in message) this.#lanes.get(message.queue)?.wake();
    else for (const lane of this.#lanes.values()) lane.abort(message.cancel, "cancelled");
  }

  /** Heartbeats, and the fallback for what is never announced: retries, due delays, jobs of a dead worker. */
  async #tick(): Promise<void> {
    if (this.#ticking || this.#lanes.size === 0) return;
    this.#ticking = true;
    try {
      await beat(
        this.#sql,
        [...this.#lanes.values()].flatMap((lane) => lane.running),
      );
      for (const queue of await ready(this.#sql, [...this.#lanes.keys()])) this.#lanes.get(queue)?.wake();
    } catch (error) {
      this.options.log.error({ err: error }, "job heartbeat");
    } finally {
      this.#ticking = false;
    }
  }
}

/** pg-boss wraps the supervisor's own verdicts ("job heartbeat timeout") in `value`. */
function asFailure(output: object & { value?: unknown }): JobFailure {
  const { message, ...rest } = (output.value ?? output) as Partial<JobFailure>;
  return { message: message ?? "unknown", ...rest };
}
