import { schema } from "./boss.js";
import type { Run } from "./run.js";
import type { Sql } from "./sql.js";

/** The attempt number keeps a worker that was taken for dead from keeping its successor's attempt alive. */
const touch = `WITH mine AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::int[]) AS mine (name, id, attempt)),
  alive AS (
    UPDATE ${schema}.job AS job SET heartbeat_on = now() FROM mine
    WHERE job.name = mine.name AND job.id = mine.id AND job.retry_count = mine.attempt AND job.state = 'active'
    RETURNING job.id)
  SELECT mine.id, coalesce(job.state = 'cancelled', false) AS cancelled
  FROM mine LEFT JOIN ${schema}.job AS job ON job.name = mine.name AND job.id = mine.id
  WHERE mine.id NOT IN (SELECT id FROM alive)`;

/**
 * Reports that the runs are alive and aborts those that are this process' no longer. This is also how a
 * cancellation arrives whose announcement was lost.
 */
export async function beat(sql: Sql, runs: Run[]): Promise<void> {
  const open = runs.filter((run) => run.aborted !== "cancelled" && run.aborted !== "lost");
  if (open.length === 0) return;
  const jobs = open.map((run) => run.job);
  const values = [jobs.map((job) => job.name), jobs.map((job) => job.id), jobs.map((job) => job.retryCount)];
  const gone = await sql.query<{ id: string; cancelled: boolean }>(touch, values);
  for (const { id, cancelled } of gone) {
    open.find((run) => run.job.id === id)?.abort(cancelled ? "cancelled" : "lost");
  }
}

/** The queues, of those named, that have a job which could start now. */
export async function ready(sql: Sql, queues: string[]): Promise<string[]> {
  const rows = await sql.query<{ queue: string }>(
    `SELECT queue FROM unnest($1::text[]) AS queue WHERE EXISTS (
       SELECT FROM ${schema}.job WHERE name = queue AND state < 'active' AND NOT blocked AND start_after <= now())`,
    [queues],
  );
  return rows.map((row) => row.queue);
}
