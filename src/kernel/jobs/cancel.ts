import { schema } from "./boss.js";
import { announce } from "./bus.js";
import type { Job } from "./job.js";
import type { Sql } from "./sql.js";
import { returnTurn } from "./turns.js";

/** What cancel found: it never starts, its handler is being told, or there was nothing left to cancel. */
export type Cancelled = "queued" | "running" | "gone";

const mark = `WITH found AS (
    SELECT name, id, state FROM ${schema}.job
    WHERE name = $1 AND id = $2::uuid AND state <= 'active' FOR UPDATE)
  UPDATE ${schema}.job AS job SET state = 'cancelled', completed_on = now()
  FROM found WHERE job.name = found.name AND job.id = found.id
  RETURNING found.state = 'active' AS running, job.group_id AS "tenantId"`;

/**
 * Cancels within the caller's transaction. A running handler, in whatever process, has its signal aborted
 * when the transaction commits; nothing of it is retried, and its failure handler is not called.
 */
export async function cancel(sql: Sql, job: Job<unknown>, jobId: string): Promise<Cancelled> {
  const [found] = await sql.query<{ running: boolean; tenantId: string | null }>(mark, [job.name, jobId]);
  if (!found) return "gone";
  if (found.running) await announce(sql, { cancel: jobId });
  else if (found.tenantId !== null) await returnTurn(sql, job, found.tenantId);
  return found.running ? "running" : "queued";
}
