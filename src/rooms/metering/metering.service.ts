import { clock, dayMs, newId } from "../../kernel/clock.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { QuotaExceeded } from "../../kernel/errors.js";
import { type LevelLimit, type Meter, stretchOf, windowedLimits, allowedBy } from "./meter.js";

const epoch = new Date(0);

/** The longest window and as much again. */
const keptMs = 2 * dayMs;

/** One use of a meter. */
export interface Use {
  quantity: number;
  /** What was used, e.g. a version's id, and who used it. */
  subject: string | null;
  actor: string | null;
}

/** One counter to raise, and how far it may go. */
interface Counter {
  limit: string;
  meter: string;
  window: string;
  startsAt: Date;
  resetsAt: Date | null;
  allowed: number;
}

/**
 * Adds to several counters, each only while it stays within its limit. The row locks order concurrent callers, so
 * the sum of what is granted never passes a limit; counters are locked in one order, so callers cannot deadlock.
 * Counters of windows long past go along; Postgres runs that part last, behind the same locks.
 */
const raise = `with wanted as (
    select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[]) as w (meter, window_name, starts_at, allowed)
    where $5::bigint <= allowed),
  past as (
    delete from quota_counter where meter = any ($1::text[]) and window_name <> 'LEVEL' and starts_at < $6)
  insert into quota_counter as c (meter, window_name, starts_at, used)
  select meter, window_name, starts_at, $5::bigint from wanted order by meter, window_name
  on conflict (meter, window_name, starts_at) do update set used = c.used + excluded.used
  where c.used + excluded.used <= (select allowed from wanted w where w.meter = c.meter and w.window_name = c.window_name)
  returning window_name`;

/** The windows in which so much more would pass the limit, as things stand. */
const passed = `select w.window_name
  from unnest($2::text[], $3::timestamptz[], $4::bigint[]) as w (window_name, starts_at, allowed)
  left join quota_counter c on c.meter = $1 and c.window_name = w.window_name and c.starts_at = w.starts_at
  where coalesce(c.used, 0) + $5::bigint > w.allowed`;

/** What a plan limits of a meter, each in its window of the moment. */
const countersOf = (limits: TenantScope["tenant"]["limits"], meter: Meter, now: Date): Counter[] =>
  (windowedLimits[meter] ?? []).flatMap((bound) => {
    const { limit, window } = bound;
    const allowed = allowedBy(limits, bound);
    if (allowed === null) return [];
    const { startsAt, resetsAt } = stretchOf(window, now);
    return { limit, meter, window: window.name, startsAt, resetsAt, allowed };
  });

/** Counts what is used, and refuses what the plan does not allow. Sole writer of usage and its counters. */
export class MeteringService {
  /** Records usage and counts it against the plan's windows. Throws QUOTA_EXCEEDED; the caller's change goes with it. */
  consume(work: UnitOfWork, meter: Meter, quantity: number, subject: string | null): Promise<void> {
    return this.consumeAll(work, meter, [{ quantity, subject, actor: work.actor.viewer.id }]);
  }

  /** The same for several uses at once: all are granted or none. */
  async consumeAll(work: UnitOfWork, meter: Meter, uses: readonly Use[]): Promise<void> {
    const now = clock.now();
    const quantity = uses.reduce((sum, use) => sum + Math.ceil(use.quantity), 0);
    if (quantity <= 0) return;
    await this.#raise(work, countersOf(work.tenant.limits, meter, now), quantity);
    await this.#insert(work, meter, uses, now);
  }

  /**
   * Refuses now what `consume` would refuse afterwards, so that it is not done in vain: in a window what is used only
   * grows. Reserves nothing, so that `consume` still decides. One read; none without limits. Throws QUOTA_EXCEEDED.
   */
  async check(scope: TenantScope, meter: Meter, quantity: number): Promise<void> {
    const counters = countersOf(scope.tenant.limits, meter, clock.now());
    if (counters.length === 0) return;
    const full = await scope.query<{ window_name: string }>(passed, [
      meter,
      counters.map(({ window }) => window),
      counters.map(({ startsAt }) => startsAt),
      counters.map(({ allowed }) => allowed),
      quantity,
    ]);
    const names = new Set(full.map((row) => row.window_name));
    const refused = tellingOf(
      counters.filter(({ window }) => names.has(window)),
      quantity,
    );
    if (refused) throw exceeded(refused, quantity);
  }

  /** Records usage that no limit counts. */
  async record(work: UnitOfWork, meter: Meter, quantity: number, subject: string | null): Promise<void> {
    await this.#insert(work, meter, [{ quantity, subject, actor: work.actor.viewer.id }], clock.now());
  }

  async #insert(work: UnitOfWork, meter: Meter, uses: readonly Use[], at: Date): Promise<void> {
    const events = uses.filter(({ quantity }) => quantity > 0);
    if (events.length === 0) return;
    await work.query(
      `insert into usage_event (id, at, meter, quantity, subject, actor)
       select id, $2, $3, quantity, subject, actor
       from unnest($1::text[], $4::bigint[], $5::text[], $6::text[]) as e (id, quantity, subject, actor)`,
      [
        events.map(() => newId("usage")),
        at,
        meter,
        events.map(({ quantity }) => Math.ceil(quantity)),
        events.map(({ subject }) => subject),
        events.map(({ actor }) => actor),
      ],
    );
  }

  /** Takes one of a level limit, e.g. a seat. Throws QUOTA_EXCEEDED. */
  async reserve(work: UnitOfWork, limit: LevelLimit): Promise<void> {
    const allowed = work.tenant.limits[limit] ?? null;
    const level = { limit, meter: limit, window: "LEVEL", startsAt: epoch, resetsAt: null };
    // Without a limit it is counted all the same: the plan may change.
    await this.#raise(work, [{ ...level, allowed: allowed ?? Number.MAX_SAFE_INTEGER }], 1);
  }

  /** Gives one back. */
  async release(work: UnitOfWork, limit: LevelLimit): Promise<void> {
    await work.query(
      "update quota_counter set used = used - 1 where meter = $1 and window_name = 'LEVEL' and used > 0",
      [limit],
    );
  }

  async #raise(work: UnitOfWork, counters: Counter[], quantity: number): Promise<void> {
    if (counters.length === 0) return;
    const raised = await work.query<{ window_name: string }>(raise, [
      counters.map(({ meter }) => meter),
      counters.map(({ window }) => window),
      counters.map(({ startsAt }) => startsAt),
      counters.map(({ allowed }) => allowed),
      quantity,
      new Date(clock.now().getTime() - keptMs),
    ]);
    const granted = new Set(raised.map((row) => row.window_name));
    const refused = tellingOf(
      counters.filter(({ window }) => !granted.has(window)),
      quantity,
    );
    if (refused) throw exceeded(refused, quantity);
  }
}

/**
 * Of the windows that refuse the one to tell of: of those that so much never fits into the smallest, since all that is
 * less would be refused there again; else the longest, since waiting for the others would not help.
 */
function tellingOf(refusing: readonly Counter[], quantity: number): Counter | undefined {
  const [least] = refusing
    .filter(({ allowed }) => quantity > allowed)
    .toSorted((one, other) => one.allowed - other.allowed);
  return least ?? refusing.at(-1);
}

function exceeded({ limit, allowed, resetsAt }: Counter, quantity: number): Error {
  const details = { limit, allowed, resetsAt: resetsAt?.toISOString() ?? null };
  const asked = `The plan allows ${allowed} ${limit}; this asks for ${quantity} more.`;
  if (!resetsAt) return new QuotaExceeded(`${asked} Free one or change the plan.`, details);
  if (quantity > allowed) return new QuotaExceeded(`${asked} Ask for at most ${allowed} at once.`, details);
  return new QuotaExceeded(`${asked} It resets at ${resetsAt.toISOString()}.`, details);
}
