/**
 * Background jobs on pg-boss. Invariants:
 * - A job exists if and only if the transaction that enqueued it committed.
 * - Delivery is at least once: a job whose worker died starts elsewhere within its heartbeat plus two seconds.
 * - A postponed job (JobPostponed) holds no place, and none sleeps on once what it waits for has woken its tenant's.
 * - Tenants take turns (turns.ts), and none runs more jobs of a kind at once than its limit.
 * - The application login changes rows only; structure is made by `Jobs.install` as administrator.
 */
export {
  defineJob,
  type Job,
  JobAborted,
  type JobDefinition,
  type JobFailure,
  type JobHandler,
  type JobInput,
  JobPostponed,
  leaveInterrupted,
} from "./job.js";
export { ProgressFeed } from "./progress-feed.js";
export { Jobs } from "./jobs.js";
export type { Sql } from "./sql.js";
