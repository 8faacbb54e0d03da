import { clock, dayMs, newId } from "../../kernel/clock.js";
import type { Origin } from "../../kernel/context.js";
import type { Sql } from "../../kernel/database/sql.js";
import { lifetimes } from "./tokens.js";

/** A session as issuing tokens needs it. */
export interface OpenSession {
  id: string;
  accountId: string;
  rotation: number;
  expiresAt: Date;
  /** Before the account was read, so that a change of it that came later counts as later. */
  issuedAt: Date;
}

/** What presenting a refresh token came to. */
export type Rotation = { kind: "rotated"; session: OpenSession } | { kind: "reused" } | { kind: "ended" };

/** Ended sessions tell nothing any more after this; without an end their table would only grow. */
const keptMs = 30 * dayMs;

/** Sessions; tenants keep theirs in their schema, the operator in the control schema. */
export class SessionStore {
  readonly #sessions: string;

  constructor(
    private readonly sql: Sql,
    kind: "tenant" | "operator",
  ) {
    this.#sessions = kind === "tenant" ? "session" : "control.operator_session";
  }

  async create(accountId: string, { ip, userAgent }: Origin): Promise<OpenSession> {
    const now = clock.now();
    const session = {
      id: newId("session"),
      accountId,
      rotation: 0,
      expiresAt: new Date(now.getTime() + lifetimes.sessionMs),
      issuedAt: now,
    };
    await this.sql.query(
      `delete from ${this.#sessions} where account_id = $1 and coalesce(revoked_at, expires_at) < $2`,
      [accountId, new Date(now.getTime() - keptMs)],
    );
    await this.sql.query(
      `insert into ${this.#sessions} (id, account_id, rotation, ip, user_agent, created_at, last_used_at, expires_at)
       values ($1, $2, 0, $3, $4, $5, $5, $6)`,
      [session.id, accountId, ip, userAgent, now, session.expiresAt],
    );
    return session;
  }

  /**
   * Trades one refresh token for the next: of many calls with the same token one wins. A token that was traded
   * already shows that two parties hold it (RFC 9700, section 4.14.2), so the whole session ends.
   */
  async rotate(id: string, rotation: number): Promise<Rotation> {
    const now = clock.now();
    const [row] = await this.sql.query<{ account_id: string; rotation: number; expires_at: Date }>(
      `update ${this.#sessions} set rotation = rotation + 1, last_used_at = $3
       where id = $1 and rotation = $2 and revoked_at is null and expires_at > $3
       returning account_id, rotation, expires_at`,
      [id, rotation, now],
    );
    if (row) {
      const session = {
        id,
        accountId: row.account_id,
        rotation: row.rotation,
        expiresAt: row.expires_at,
        issuedAt: now,
      };
      return { kind: "rotated", session };
    }
    const ended = await this.sql.query(
      `update ${this.#sessions} set revoked_at = $3 where id = $1 and rotation > $2 and revoked_at is null returning id`,
      [id, rotation, now],
    );
    return ended.length > 0 ? { kind: "reused" } : { kind: "ended" };
  }

  /** Ends the open sessions of an account, or one of them; answers which were ended. */
  async revoke(accountId: string, id: string | null = null): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(
      `update ${this.#sessions} set revoked_at = $3
       where account_id = $1 and ($2::text is null or id = $2) and revoked_at is null returning id`,
      [accountId, id, clock.now()],
    );
    return rows.map((row) => row.id);
  }
}
