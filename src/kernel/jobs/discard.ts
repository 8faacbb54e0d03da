import { schema } from "./boss.js";
import { announce } from "./bus.js";
import type { Sql } from "./sql.js";

const interrupt = `UPDATE ${schema}.job SET state = 'cancelled', completed_on = now()
  WHERE group_id = $1 AND state = 'active' RETURNING id`;

/** Reports of failures carry no group, and would be delivered to a room that finds no tenant any more. */
const remove = `DELETE FROM ${schema}.job
  WHERE (group_id = $1 OR data ->> 'tenantId' = $1) AND state NOT IN ('active', 'cancelled')`;

/**
 * Removes what the queues hold of a tenant that is no more: waiting and finished jobs, reports of failures and
 * turns. Running handlers are aborted as cancelled. A repeat changes nothing. Reads the whole table of jobs.
 */
export async function discard(sql: Sql, tenantId: string): Promise<void> {
  const running = await sql.query<{ id: string }>(interrupt, [tenantId]);
  for (const { id } of running) await announce(sql, { cancel: id });
  await sql.query(remove, [tenantId]);
  await sql.query("DELETE FROM control.queue_turn WHERE tenant_id = $1", [tenantId]);
}
