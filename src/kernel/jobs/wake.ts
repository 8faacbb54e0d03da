import { schema } from "./boss.js";
import { announce } from "./bus.js";
import { postponedMark } from "./outcome.js";
import type { Sql } from "./sql.js";
import { catchUp } from "./turns.js";

/**
 * A running job is marked too: its handler may be about to postpone it for a reason that just ceased, see
 * `postpone`. Postgres' own clock and not the transaction's, which may be older than the start of that job.
 */
const rouse = `UPDATE ${schema}.job SET start_after = clock_timestamp()
  WHERE group_id = $1 AND (state = 'active' OR
    (state < 'active' AND start_after > now() AND output @> '${postponedMark}'))
  RETURNING name AS queue`;

/**
 * Lets every postponed job of a tenant start now, of whatever kind, at the commit of the caller's transaction:
 * call it in the one that ends what they wait for, and no wake-up is lost. Delays asked for at enqueue stay.
 * Answers how many jobs it reached. Reads the whole table of jobs, so it is for rare events.
 */
export async function wake(sql: Sql, tenantId: string): Promise<number> {
  await catchUp(sql, tenantId);
  const roused = await sql.query<{ queue: string }>(rouse, [tenantId]);
  for (const queue of new Set(roused.map((job) => job.queue))) await announce(sql, { queue });
  return roused.length;
}
