import type { PgBoss } from "pg-boss";
import { type Claimed, keepQueuedSeconds, schema } from "./boss.js";
import { announce } from "./bus.js";
import type { JobFailure, JobPostponed } from "./job.js";
import { asSql, transaction } from "./sql.js";

const longestWaitSeconds = 3600;

/** Wait before the next attempt after `attempt` threw: doubling, half of it random so that a crowd spreads. */
const later = `UPDATE ${schema}.job
  SET start_after = now() + make_interval(secs => least($3::float8 * 2 ^ ($4::int - 1), ${longestWaitSeconds}) * (0.5 + random() / 2))
  WHERE name = $1 AND id = $2::uuid AND state = 'retry'`;

const putBack = `UPDATE ${schema}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'`;

/** Kept as the job's output, which is what tells it from one whose delay was asked for at enqueue. */
export const postponedMark = '{"postponed": true}';

/**
 * A wake-up that came while the handler ran stands in `start_after`, which is past the start then: the reason to
 * wait may be gone, so the job starts anew at once. Jobs are dropped a month after they could have started, and
 * waiting does not use that up.
 */
const putOff = `UPDATE ${schema}.job
  SET state = 'created', started_on = NULL, heartbeat_on = NULL, output = '${postponedMark}',
    start_after = CASE WHEN start_after > started_on THEN now() ELSE now() + make_interval(secs => $4) END,
    keep_until = greatest(keep_until, now() + make_interval(secs => $4 + ${keepQueuedSeconds}))
  WHERE name = $1 AND id = $2::uuid AND retry_count = $3 AND state = 'active'
  RETURNING start_after <= now() AS due`;

/** What is kept of an error: no stack and no cause, which may quote a tenant's data. */
export function describe(error: unknown): JobFailure {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { name: error.name, message: error.message, ...code };
}

/** Completes jobs in batches: those that end while one statement runs go together into the next. */
export class Completer {
  #waiting: string[] = [];
  #next: Promise<void> | undefined;
  #current: Promise<unknown> = Promise.resolve();

  constructor(
    readonly boss: PgBoss,
    readonly queue: string,
  ) {}

  complete(jobId: string): Promise<void> {
    this.#waiting.push(jobId);
    this.#next ??= this.#current.then(() => this.#flush());
    return this.#next;
  }

  #flush(): Promise<void> {
    const ids = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const done = this.boss.complete(this.queue, ids);
    this.#current = done.catch(() => undefined);
    return done.then(() => undefined);
  }
}

/** Records a failed attempt: a later one, or the failed queue once the limit is reached. */
export async function retryLater(
  boss: PgBoss,
  job: Claimed,
  delaySeconds: number,
  error: unknown,
): Promise<void> {
  await transaction(boss.getDb(), async (db) => {
    await boss.fail(job.name, job.id, { ...describe(error) }, { db });
    await db.executeSql(later, [job.name, job.id, delaySeconds, job.retryCount + 1]);
  });
}

/** Puts a running job off as its handler asked; changes nothing of one that was cancelled or lost meanwhile. */
export async function postpone(boss: PgBoss, job: Claimed, { delaySeconds }: JobPostponed): Promise<void> {
  await transaction(boss.getDb(), async (db) => {
    const values = [job.name, job.id, job.retryCount, delaySeconds];
    const [row] = await asSql(db).query<{ due: boolean }>(putOff, values);
    if (row?.due) await announce(asSql(db), { queue: job.name });
  });
}

/** Gives running jobs back as if they had never started: the attempt does not count. */
export async function release(boss: PgBoss, queue: string, jobIds: string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await transaction(boss.getDb(), async (db) => {
    await db.executeSql(putBack, [queue, jobIds]);
    await announce(asSql(db), { queue });
  });
}
