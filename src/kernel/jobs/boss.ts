import { type JobWithMetadata, PgBoss } from "pg-boss";
import type { Log } from "../log.js";
import type { Envelope } from "./job.js";

/** pg-boss' default: tenant roles have no right on it, and no tenant schema can have this name. */
export const schema = "pgboss";

/** A job that this process has claimed. */
export type Claimed = JobWithMetadata<Envelope>;

const hour = 3600;

/** Finished jobs leave after an hour: the monitor counts the whole table every second, and rooms keep records. */
export const keepFinishedSeconds = hour;

/** Queued jobs are kept for a month, then dropped: by then whoever waited has long given up. */
export const keepQueuedSeconds = 30 * 24 * hour;

/**
 * pg-boss on the application login: supervision every second, no DDL (that is install's), at most four
 * connections with the listener. Without a listener for `error` a lost connection would end the process.
 */
export function openBoss(connectionString: string, log: Log): PgBoss {
  const boss = new PgBoss({
    connectionString,
    application_name: "tenfold-jobs",
    schema,
    max: 3,
    migrate: false,
    createSchema: false,
    reindex: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 60,
    cronWorkerIntervalSeconds: 1,
    cronMonitorIntervalSeconds: 5,
    warningQueueSize: 1_000_000,
    notifyHeartbeatIntervalMs: 5000,
  });
  boss.on("error", (error) => log.error({ err: error }, "job queue"));
  boss.on("warning", (warning) => log.warn({ warning: warning.data }, warning.message));
  return boss;
}
