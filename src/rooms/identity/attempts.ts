import { clock, dayMs } from "../../kernel/clock.js";
import { sha256 } from "../../kernel/crypto.js";
import type { Sql } from "../../kernel/database/sql.js";
import { SignInBlocked } from "./identity.errors.js";
import { networkOf } from "./network.js";

/** One try at a password. */
export interface Attempt {
  email: string;
  ip: string | null;
  /** Null where nobody has the address. */
  accountId: string | null;
}

interface Failures {
  email_hash: string;
  failures: number;
  last_at: Date;
}

interface Delay {
  failures: number;
  ms: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Failures in a row for one account from one network, and for how long no further attempt is taken from there. */
const delaysHere: Delay[] = [
  { failures: 100, ms: dayMs },
  { failures: 10, ms: 15 * minuteMs },
];

/** The same from all networks together: however many an attacker has, NIST SP 800-63B-4 allows 100 in a row. */
const delaysEverywhere: Delay[] = [{ failures: 100, ms: hourMs }];

/** After this without a failure the count begins anew; no delay is longer. */
const rememberedMs = dayMs;

/**
 * Failed attempts by account, and by account and network; tenants keep theirs in their schema, the operator in the
 * control schema. A stranger who knows an address blocks their own network. With many networks they block all on which
 * the account has not been signed in to lately, and never those on which it has: otherwise whoever knows an address
 * could keep its owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"; NIST SP 800-63B, 5.2.2).
 */
export class Attempts {
  readonly #failures: string;
  readonly #sessions: string;

  constructor(
    private readonly sql: Sql,
    kind: "tenant" | "operator",
  ) {
    this.#failures = kind === "tenant" ? "sign_in_failure" : "control.sign_in_failure";
    this.#sessions = kind === "tenant" ? "session" : "control.operator_session";
  }

  /** Throws SIGN_IN_BLOCKED while too many attempts in a row have failed. */
  async check(attempt: Attempt): Promise<void> {
    const { everywhere, here } = keysOf(attempt);
    const rows = await this.sql.query<Failures>(
      `select email_hash, failures, last_at from ${this.#failures} where email_hash in ($1, $2)`,
      [everywhere, here],
    );
    const until = (key: string, delays: readonly Delay[]): Date | null =>
      blockedUntil(
        rows.find((row) => row.email_hash === key),
        delays,
      );
    refuse(until(here, delaysHere));
    const blockedElsewhere = until(everywhere, delaysEverywhere);
    if (blockedElsewhere && !(await this.#isKnown(attempt))) refuse(blockedElsewhere);
  }

  async recordFailure(attempt: Attempt): Promise<void> {
    const { everywhere, here } = keysOf(attempt);
    const now = clock.now();
    await this.sql.query(
      `insert into ${this.#failures} as f (email_hash, failures, last_at)
       values ($1, 1, $3::timestamptz), ($2, 1, $3::timestamptz)
       on conflict (email_hash) do update set last_at = excluded.last_at,
         failures = case when f.last_at < $4 then 1 else f.failures + 1 end`,
      [everywhere, here, now, new Date(now.getTime() - rememberedMs)],
    );
  }

  /**
   * Forgets the failures on the network of somebody who has proved themselves, and those that count no more. Not the
   * account's from everywhere, or each time its owner signs in an attacker would get a hundred guesses more.
   */
  async forgive(attempt: Attempt): Promise<void> {
    await this.sql.query(`delete from ${this.#failures} where email_hash = $1 or last_at < $2`, [
      keysOf(attempt).here,
      new Date(clock.now().getTime() - rememberedMs),
    ]);
  }

  /** Whether the account has a session from this network, open or ended; they are kept for 30 days after their end. */
  async #isKnown({ accountId, ip }: Attempt): Promise<boolean> {
    const rows = await this.sql.query<{ ip: string | null }>(
      `select distinct ip from ${this.#sessions} where account_id = $1`,
      [accountId],
    );
    return rows.some((row) => networkOf(row.ip) === networkOf(ip));
  }
}

/** Forgets failures of the operator's sign-in, and of sign-ins to no tenant, that count no more: anybody can add some. */
export async function sweepFailures(sql: Sql): Promise<void> {
  const before = new Date(clock.now().getTime() - rememberedMs);
  await sql.query("delete from control.sign_in_failure where last_at < $1", [before]);
}

const keysOf = ({ email, ip }: Attempt): { everywhere: string; here: string } => ({
  everywhere: sha256(email),
  here: sha256(JSON.stringify([email, networkOf(ip)])),
});

function blockedUntil(row: Failures | undefined, delays: readonly Delay[]): Date | null {
  const delay = row && delays.find(({ failures }) => row.failures >= failures);
  if (!row || !delay) return null;
  const until = new Date(row.last_at.getTime() + delay.ms);
  return until > clock.now() ? until : null;
}

function refuse(until: Date | null): void {
  if (until === null) return;
  const resetsAt = until.toISOString();
  throw new SignInBlocked(`Too many failed attempts for this account. Try again at ${resetsAt}.`, {
    resetsAt,
  });
}
