import { clock } from "../../kernel/clock.js";
import type { ControlPlane } from "../../kernel/database/control-work.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import type { Sql } from "../../kernel/database/sql.js";

/** Longer than any credential it can concern stays valid by itself: the access token's life and a margin. */
const keptMs = 60 * 60_000;

/**
 * Credentials ended before their time, held in memory by every process. The subject is a session, a user or an API
 * key; what was issued to it before the revocation is refused from the moment of the commit.
 */
export class Revocations {
  readonly #revokedAt = new Map<string, { at: number; until: number }>();
  readonly #listeners = new Set<(subject: string) => void>();

  constructor(
    private readonly control: ControlPlane,
    private readonly notifications: Notifications,
  ) {
    notifications.on("revocation", ({ subject, at }) => this.enter(String(subject), Number(at)));
    notifications.onGap(() => void this.load());
  }

  async load(): Promise<void> {
    const rows = await this.control.query<{ subject: string; revoked_at: Date }>(
      "select subject, revoked_at from control.revocation where expires_at > $1",
      [clock.now()],
    );
    for (const row of rows) this.enter(row.subject, row.revoked_at.getTime());
  }

  /** Writes the revocation within a transaction; every process hears of it at commit. */
  async write(sql: Sql, subject: string, at: Date = clock.now()): Promise<void> {
    await sql.query(
      `insert into control.revocation (subject, revoked_at, expires_at) values ($1, $2, $3)
       on conflict (subject) do update set revoked_at = excluded.revoked_at, expires_at = excluded.expires_at`,
      [subject, at, new Date(at.getTime() + keptMs)],
    );
    const payload = JSON.stringify({ topic: "revocation", subject, at: at.getTime() });
    await sql.query("select pg_catalog.pg_notify('tenfold', $1)", [payload]);
  }

  /** Makes a committed revocation known here, without waiting for its notification. */
  enter(subject: string, at: number): void {
    this.#revokedAt.set(subject, { at, until: at + keptMs });
    for (const listener of this.#listeners) listener(subject);
  }

  /** Whether credentials of any of these subjects, issued at `issuedAt`, were ended. */
  async includes(subjects: readonly string[], issuedAt: Date): Promise<boolean> {
    // While no news arrives, memory may lag behind; the table never does.
    if (!this.notifications.connected) await this.load();
    return subjects.some((subject) => (this.#revokedAt.get(subject)?.at ?? -Infinity) >= issuedAt.getTime());
  }

  listen(listener: (subject: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what no credential can still be valid for, here and in the table. */
  async sweep(): Promise<void> {
    const now = clock.now();
    for (const [subject, { until }] of this.#revokedAt)
      if (until < now.getTime()) this.#revokedAt.delete(subject);
    await this.control.query("delete from control.revocation where expires_at < $1", [now]);
  }
}
