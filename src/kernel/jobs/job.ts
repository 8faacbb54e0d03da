declare const payload: unique symbol;

export interface JobDefinition {
  /** Name of the queue: letters, digits, `-`, `.`, `_`. */
  name: string;
  /** How often a job is tried again after its first attempt before it has failed for good. */
  retryLimit: number;
  /** Wait after the first throw, in seconds; doubles with every further one, up to an hour, with jitter. */
  retryDelaySeconds: number;
  /** Longest run of one attempt, in seconds; then its signal aborts and the attempt has failed. */
  expireInSeconds: number;
  /** Silence after which a worker counts as dead, in seconds, at least 3. Its jobs then start elsewhere. */
  heartbeatSeconds: number;
  /** Jobs of one tenant running at once over all processes; a job may carry another number (plans differ). */
  perTenant: number;
  /** Jobs running at once in one worker process. */
  concurrency: number;
  /** How many turns one job costs its tenant, 1 if left out: raise it where jobs of a queue differ in size. */
  weight?: number;
}

/** A kind of job. `Payload` must survive JSON. */
export interface Job<Payload> extends Readonly<Required<JobDefinition>> {
  readonly [payload]?: Payload;
}

/** What the queue stores of a job. */
export interface Envelope<Payload = unknown> {
  tenantId: string | null;
  payload: Payload;
}

/** What a handler gets. Delivery is at least once: a repeat of `jobId` must change nothing. */
export interface JobInput<Payload> {
  /** null for system jobs. */
  tenantId: string | null;
  payload: Payload;
  /** UUID, version 7. */
  jobId: string;
  /** 1 for the first attempt. */
  attempt: number;
  /** Aborts with a JobAborted that says why. */
  signal: AbortSignal;
}

export type JobHandler<Payload> = (input: JobInput<Payload>) => Promise<void>;

/** Why a job that will not be tried again failed, as far as it could be told. */
export interface JobFailure {
  name?: string;
  message: string;
  /** Code of a declared error (kernel/errors). */
  code?: string;
}

export type FailureHandler<Payload> = (
  input: Omit<JobInput<Payload>, "attempt" | "signal"> & { failure: JobFailure },
) => Promise<void>;

/** `lost` means that the queue has given the job to another worker, because this one seemed dead. */
export type AbortCause = "cancelled" | "shutdown" | "expired" | "lost";

/** Reason of a handler's aborted signal. */
export class JobAborted extends Error {
  constructor(readonly why: AbortCause) {
    super(`The job was ${why === "shutdown" ? "interrupted by a shutdown" : why}.`);
    this.name = "JobAborted";
  }
}

/** A cancelled job has its end already; one that lost its worker goes on elsewhere, for which this throws. */
export function leaveInterrupted(signal: AbortSignal): void {
  if (signal.reason instanceof JobAborted && signal.reason.why === "cancelled") return;
  throw signal.reason;
}

const longestDelaySeconds = 7 * 24 * 3600;

/**
 * Thrown by a handler that can't do its job now through no fault of the job, e.g. because its tenant is suspended.
 * The job waits in the queue for `delaySeconds` (more than 0, a week at most) or until `Jobs.wake`, and holds no
 * place meanwhile. The attempt does not count, the job keeps its turn, and no failure is reported.
 */
export class JobPostponed extends Error {
  constructor(
    readonly delaySeconds: number,
    reason = "It can't be done now.",
  ) {
    super(reason);
    this.name = "JobPostponed";
    if (!(delaySeconds > 0 && delaySeconds <= longestDelaySeconds))
      throw new RangeError(
        `A job can't be postponed by ${delaySeconds} seconds: more than 0, a week at most.`,
      );
  }
}

/** Tiers are listed in every claim, so that a plan's number can ride on the job; larger plans use the largest. */
export const largestPerTenant = 64;

function problem(job: Required<JobDefinition>): string | undefined {
  const whole = [
    job.retryLimit,
    job.expireInSeconds,
    job.heartbeatSeconds,
    job.perTenant,
    job.concurrency,
    job.weight,
  ];
  if (!/^[\w.-]{1,100}$/.test(job.name)) return "has a name that is no queue name";
  if (!whole.every((number) => Number.isInteger(number) && number >= 0)) return "needs whole numbers";
  if (job.heartbeatSeconds < 3) return "needs a heartbeat of at least 3 seconds, or a short pause kills it";
  if (Math.min(job.perTenant, job.concurrency, job.weight, job.expireInSeconds) < 1)
    return "needs limits above zero";
  return job.perTenant > largestPerTenant
    ? `allows a tenant more than ${largestPerTenant} at once`
    : undefined;
}

/** Defines a kind of job. Throws at start-up where a number makes no sense. */
export function defineJob<Payload>(definition: JobDefinition): Job<Payload> {
  const job = { weight: 1, ...definition };
  const fault = problem(job);
  if (fault) throw new Error(`Job ${job.name} ${fault}.`);
  return Object.freeze(job);
}
