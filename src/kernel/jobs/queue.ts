import pg from "pg";
import { keepFinishedSeconds, keepQueuedSeconds, schema } from "./boss.js";
import type { Job } from "./job.js";
import type { Sql } from "./sql.js";

/** Where a job goes that has failed for good, so that its failure handler is delivered like a job. */
export const failedQueue = (name: string): string => `${name}.failed`;

interface QueueSettings {
  retryLimit: number;
  expireInSeconds: number;
  heartbeatSeconds: number;
  deadLetter?: string;
}

/**
 * Written past pg-boss' JavaScript, which allows no heartbeat under ten seconds; its tables and its supervisor
 * do, and ten would mean up to thirteen seconds from a killed worker to the next attempt.
 */
const settle = `UPDATE ${schema}.queue
  SET retry_limit = $2, expire_seconds = $3, heartbeat_seconds = $4, dead_letter = $5
  WHERE name = $1 AND (retry_limit, expire_seconds, heartbeat_seconds, dead_letter)
    IS DISTINCT FROM ($2::int, $3::int, $4::int, $5::text)`;

/**
 * `exclusive` makes the deduplication key unique among queued and running jobs. Retries wait by `retryLater`
 * alone: pg-boss' own delay would hold up the jobs of a killed worker as well.
 */
async function ensure(sql: Sql, name: string, settings: QueueSettings): Promise<void> {
  const keep = { retentionSeconds: keepQueuedSeconds, deleteAfterSeconds: keepFinishedSeconds };
  const options = { policy: "exclusive", retryDelay: 0, retryBackoff: false, ...keep, ...settings };
  await sql.query(`SELECT ${schema}.create_queue($1, $2::jsonb)`, [name, JSON.stringify(options)]);
  const { retryLimit, expireInSeconds, heartbeatSeconds, deadLetter = null } = settings;
  await sql.query(settle, [name, retryLimit, expireInSeconds, heartbeatSeconds, deadLetter]);
}

/** Creates the queue of a job, the queue of its failures and its clock, or brings their settings up to date. */
async function ensureQueue(sql: Sql, job: Job<unknown>): Promise<void> {
  const failures = failedQueue(job.name);
  await ensure(sql, failures, { retryLimit: 20, expireInSeconds: 60, heartbeatSeconds: 10 });
  await ensure(sql, job.name, {
    retryLimit: job.retryLimit,
    expireInSeconds: job.expireInSeconds,
    heartbeatSeconds: job.heartbeatSeconds,
    deadLetter: failures,
  });
  await sql.query("INSERT INTO control.queue_clock (queue) VALUES ($1) ON CONFLICT DO NOTHING", [job.name]);
}

/**
 * Done on a connection of its own before pg-boss starts, which then knows every queue: a claim that had to look
 * its queue up would ask the pool for a second connection, and a few at once would wait for each other.
 */
export async function ensureQueues(connectionString: string, jobs: readonly Job<unknown>[]): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: "tenfold-jobs" });
  // A lost connection also rejects the statement under way; the event alone would end the process.
  client.on("error", () => undefined);
  await client.connect();
  const sql: Sql = { query: async (text, values) => (await client.query(text, values)).rows };
  try {
    for (const job of jobs) await ensureQueue(sql, job);
  } finally {
    await client.end();
  }
}
