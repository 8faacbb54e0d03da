import type { PgBoss } from "pg-boss";
import { toUUID, typeidUnboxed } from "typeid-js";
import { schema } from "./boss.js";
import { announce } from "./bus.js";
import { type Job, largestPerTenant } from "./job.js";
import { asBossDatabase, type Sql } from "./sql.js";
import { returnTurn, takeTurn } from "./turns.js";

export interface EnqueueOptions {
  /** UUID of the job, where the caller's own row names it; a new one otherwise. */
  id?: string;
  /** While a job of the tenant with this key is queued or running, enqueue returns that one's id. */
  key?: string;
  startAfter?: Date;
  delaySeconds?: number;
  /** The tenant's own number of jobs of this kind at once, from its plan, instead of the definition's. */
  perTenant?: number;
}

/** Ordered by creation: pg-boss breaks ties within a tenant by id. */
const newJobId = (): string => toUUID(typeidUnboxed("job"));

const unfinished = `SELECT id FROM ${schema}.job
  WHERE name = $1 AND singleton_key = $2 AND state <= 'active' AND policy = 'exclusive'`;

async function findByKey(sql: Sql, queue: string, key: string): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(unfinished, [queue, key]);
  return row?.id;
}

/** A plan's number rides on the job as pg-boss' tier; see the tiers in claim.ts. */
function group(
  tenantId: string | null,
  perTenant: number | undefined,
): { group?: { id: string; tier?: string } } {
  if (tenantId === null) return {};
  const tier = perTenant && String(Math.max(1, Math.min(Math.trunc(perTenant), largestPerTenant)));
  return { group: { id: tenantId, ...(tier ? { tier } : {}) } };
}

interface Ticket<Payload> {
  job: Job<Payload>;
  tenantId: string | null;
  payload: Payload;
  options: EnqueueOptions;
}

async function insert<Payload>(
  boss: PgBoss,
  sql: Sql,
  ticket: Ticket<Payload>,
  singletonKey: string,
  id: string,
) {
  const { job, tenantId, payload, options } = ticket;
  // A system job waits for nobody's turn.
  const priority = tenantId === null ? 0 : await takeTurn(sql, job, tenantId);
  const startAfter = options.startAfter ?? options.delaySeconds;
  const inserted = await boss.send(
    job.name,
    { tenantId, payload },
    {
      id,
      priority,
      singletonKey,
      ...(startAfter === undefined ? {} : { startAfter }),
      ...group(tenantId, options.perTenant),
      db: asBossDatabase(sql),
    },
  );
  if (inserted === null && tenantId !== null) await returnTurn(sql, job, tenantId);
  return inserted;
}

/**
 * Enqueues within the caller's transaction: visible to workers at its commit, gone with its rollback.
 * Returns the job's id, or that of the unfinished job with the same key. Transactions of one tenant that
 * enqueue the same kind of job wait for each other's end, so keep them short.
 */
export async function enqueue<Payload>(boss: PgBoss, sql: Sql, ticket: Ticket<Payload>): Promise<string> {
  const { job, tenantId, options } = ticket;
  const id = options.id ?? newJobId();
  const key = options.key === undefined ? id : `${tenantId ?? ""}:${options.key}`;
  const known = options.key === undefined ? undefined : await findByKey(sql, job.name, key);
  if (known) return known;
  const inserted = await insert(boss, sql, ticket, key, id);
  if (inserted === null) return (await findByKey(sql, job.name, key)) ?? enqueue(boss, sql, ticket);
  if (options.startAfter === undefined && !options.delaySeconds) await announce(sql, { queue: job.name });
  return inserted;
}
