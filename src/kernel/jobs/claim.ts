import type { PgBoss } from "pg-boss";
import type { Claimed } from "./boss.js";
import { type Envelope, largestPerTenant } from "./job.js";
import { asSql, transaction } from "./sql.js";
import { advanceClock } from "./turns.js";

/** Maps each number to itself, so that the tier a job carries is its tenant's limit. */
const tiers = Object.fromEntries(
  Array.from({ length: largestPerTenant }, (_, index) => [String(index + 1), index + 1]),
);

const inOrder = (a: Claimed, b: Claimed): number =>
  b.priority - a.priority || a.createdOn.getTime() - b.createdOn.getTime() || (a.id < b.id ? -1 : 1);

/**
 * Claims up to `count` jobs, in the order they should start. May return fewer than are ready where a tenant
 * reached its limit within the batch, so ask again until it returns none. The advisory lock makes claims of
 * one queue take turns: two at once would each count the running jobs without the other's.
 */
export function claim(boss: PgBoss, queue: string, count: number, perTenant?: number): Promise<Claimed[]> {
  const limits = perTenant === undefined ? {} : { groupConcurrency: { default: perTenant, tiers } };
  return transaction(boss.getDb(), async (db) => {
    await db.executeSql("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`tenfold.jobs:${queue}`]);
    const jobs = await boss.fetch<Envelope>(queue, {
      includeMetadata: true,
      batchSize: count,
      ...limits,
      db,
    });
    const priorities = jobs.map((job) => job.priority);
    if (jobs.length > 0) await advanceClock(asSql(db), queue, priorities);
    return jobs.sort(inOrder);
  });
}
