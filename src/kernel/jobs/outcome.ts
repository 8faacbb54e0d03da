import type { PgBoss } from "pg-boss";
import { type Claimed, schema } from "./boss.js";
import { announce } from "./bus.js";
import type { JobFailure } from "./job.js";
import { asSql, transaction } from "./sql.js";

const longestWaitSeconds = 3600;

/** Wait before the next attempt after `attempt` threw: doubling, half of it random so that a crowd spreads. */
const later = `UPDATE ${schema}.job
  SET start_after = now() + make_interval(secs => least($3::float8 * 2 ^ ($4::int - 1), ${longestWaitSeconds}) * (0.5 + random() / 2))
  WHERE name = $1 AND id = $2::uuid AND state = 'retry'`;

const putBack = `UPDATE ${schema}.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'`;

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

/** Gives running jobs back as if they had never started: the attempt does not count. */
export async function release(boss: PgBoss, queue: string, jobIds: string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await transaction(boss.getDb(), async (db) => {
    await db.executeSql(putBack, [queue, jobIds]);
    await announce(asSql(db), { queue });
  });
}
