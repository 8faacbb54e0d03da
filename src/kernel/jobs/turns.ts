/**
 * Fair order among tenants: self-clocked fair queueing (Golestani, "A self-clocked fair queueing scheme for
 * broadband applications", INFOCOM 1994). A job's turn is `max(last turn of its tenant, clock) + weight`, jobs
 * start in the order of their turns, and the clock is the turn of the latest job that started.
 *
 * Why it is fair: a tenant's backlog lies spread over the turns ahead, one job each, so between two jobs of one
 * backlogged tenant every other gets one. A newcomer's first turn is the one right after the clock, behind at
 * most two jobs of each other tenant, however many they have queued. Who was idle saves nothing up.
 *
 * Cost: one index look-up of the clock and one upsert of the tenant's own row. Enqueues of different tenants
 * share only a FOR KEY SHARE lock on the clock, which conflicts neither with itself nor with its advance.
 */
import { schema } from "./boss.js";
import type { Job } from "./job.js";
import type { Sql } from "./sql.js";

/** Turns become pg-boss' priority, a 32-bit integer; past this one a claim moves them all back to zero. */
const farTurn = 1_000_000_000;

const take = `WITH clock AS MATERIALIZED (
    SELECT queue, now FROM control.queue_clock WHERE queue = $1 FOR KEY SHARE)
  INSERT INTO control.queue_turn AS turn (queue, tenant_id, last)
  SELECT queue, $2, now + $3::int FROM clock
  ON CONFLICT (queue, tenant_id) DO UPDATE SET last = greatest(turn.last + $3::int, excluded.last)
  RETURNING last::text AS turn`;

/** The priority of a tenant's next job: the earlier the turn, the higher. */
export async function takeTurn(sql: Sql, job: Job<unknown>, tenantId: string): Promise<number> {
  const [row] = await sql.query<{ turn: string }>(take, [job.name, tenantId, job.weight]);
  if (!row) throw new Error(`Queue ${job.name} has no clock: start() creates the queues it was given.`);
  return -Math.min(Number(row.turn), 2 ** 31 - 1);
}

/** Gives a turn back that was not used, or a tenant who cancels a thousand jobs would wait as if they had run. */
export async function returnTurn(sql: Sql, job: Job<unknown>, tenantId: string): Promise<void> {
  await sql.query(
    "UPDATE control.queue_turn SET last = greatest(last - $3, 0) WHERE queue = $1 AND tenant_id = $2",
    [job.name, tenantId, job.weight],
  );
}

/** Held until the caller's transaction ends, the lock keeps `rewind` from moving turns under its hands. */
const holdClocks = `SELECT queue FROM control.queue_clock AS clock
  WHERE EXISTS (SELECT FROM ${schema}.job WHERE name = queue AND group_id = $1 AND state < 'active')
  ORDER BY queue FOR KEY SHARE`;

const moveUp = `WITH behind AS MATERIALIZED (
    SELECT clock.queue, (clock.now + max(job.priority))::int AS turns
    FROM ${schema}.job JOIN control.queue_clock AS clock ON clock.queue = job.name
    WHERE job.group_id = $1 AND job.state < 'active'
    GROUP BY clock.queue, clock.now HAVING clock.now + max(job.priority) > 0),
  jobs AS (
    UPDATE ${schema}.job SET priority = priority - turns FROM behind
    WHERE name = behind.queue AND group_id = $1 AND state < 'active')
  UPDATE control.queue_turn AS turn SET last = last + turns FROM behind
  WHERE turn.queue = behind.queue AND tenant_id = $1`;

/**
 * For a tenant whose jobs could not start for a while: moves its waiting jobs behind the clock all together, so
 * that the first of them is the next to start and the others keep their distances. With the turns they had, a
 * backlog from before would go ahead of everybody who came since.
 */
export async function catchUp(sql: Sql, tenantId: string): Promise<void> {
  await sql.query(holdClocks, [tenantId]);
  await sql.query(moveUp, [tenantId]);
}

/** Moves the clock to the latest turn among jobs that start now. The caller holds the queue's claim lock. */
export async function advanceClock(sql: Sql, queue: string, priorities: number[]): Promise<void> {
  const turn = -Math.min(0, ...priorities);
  const [clock] = await sql.query<{ now: string }>(
    "UPDATE control.queue_clock SET now = $2 WHERE queue = $1 AND now < $2 RETURNING now::text",
    [queue, turn],
  );
  if (clock && Number(clock.now) > farTurn) await rewind(sql, queue);
}

/**
 * Subtracts the clock from every turn, which changes no order. FOR UPDATE keeps enqueues out meanwhile (they
 * hold or wait for KEY SHARE and then see the new clock). One that is open now postpones it to a later claim:
 * waiting here would stop the queue, and there is room for another billion turns.
 */
async function rewind(sql: Sql, queue: string): Promise<void> {
  const [clock] = await sql.query<{ now: string }>(
    "SELECT now::text FROM control.queue_clock WHERE queue = $1 FOR UPDATE SKIP LOCKED",
    [queue],
  );
  if (!clock) return;
  await sql.query("UPDATE control.queue_clock SET now = 0 WHERE queue = $1", [queue]);
  await sql.query("DELETE FROM control.queue_turn WHERE queue = $1 AND last <= $2", [queue, clock.now]);
  await sql.query("UPDATE control.queue_turn SET last = last - $2 WHERE queue = $1", [queue, clock.now]);
  await sql.query(
    `UPDATE ${schema}.job SET priority = least(priority + $2::int, 0)
     WHERE name = $1 AND state <= 'active' AND priority < 0`,
    [queue, clock.now],
  );
}
