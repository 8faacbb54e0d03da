import { clock } from "../../kernel/clock.js";
import type { Viewer } from "../../kernel/context.js";
import type { ControlPlane } from "../../kernel/database/control-work.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import type { Sql } from "../../kernel/database/sql.js";
import { notificationChannel } from "../../kernel/database/unit-of-work.js";

/** Longer than any credential it can concern stays valid by itself: the access token's life and a margin. */
const keptMs = 60 * 60_000;
const sweepMs = 10 * 60_000;

/** A session or key that has ended never comes back; of a person's tokens only those of before are ended. */
const endsForGood = (subject: string): boolean => !subject.startsWith("user_");

/** What credentials can be ended by: whoever they are of, and their session. */
type Subjects = Pick<Viewer, "id" | "sessionId" | "issuedAt">;

/**
 * Credentials ended before their time, held in memory by every process. The subject is a session, a user or an API
 * key; what was issued to it before the revocation is refused from the moment of the commit.
 */
export class Revocations {
  readonly #revokedAt = new Map<string, { at: number; until: number }>();
  readonly #listeners = new Set<(subject: string) => void>();
  /** True from a gap in the news until the table was read again. */
  #stale = false;
  #sweptAt = 0;

  constructor(
    private readonly control: ControlPlane,
    private readonly notifications: Notifications,
  ) {
    notifications.on("revocation", ({ subject, at }) => this.enter(String(subject), Number(at)));
    notifications.onGap(() => {
      this.#stale = true;
    });
  }

  async load(): Promise<void> {
    const rows = await this.control.query<{ subject: string; revoked_at: Date }>(
      "select subject, revoked_at from control.revocation where expires_at > $1",
      [clock.now()],
    );
    for (const row of rows) this.enter(row.subject, row.revoked_at.getTime());
    if (this.notifications.connected) this.#stale = false;
  }

  /** Writes the revocation within a transaction; every process hears of it at commit. */
  async write(sql: Sql, subject: string, at: Date = clock.now()): Promise<void> {
    await sql.query(
      `insert into control.revocation (subject, revoked_at, expires_at) values ($1, $2, $3)
       on conflict (subject) do update set revoked_at = excluded.revoked_at, expires_at = excluded.expires_at`,
      [subject, at, new Date(at.getTime() + keptMs)],
    );
    const payload = JSON.stringify({ topic: "revocation", subject, at: at.getTime() });
    await sql.query("select pg_catalog.pg_notify($1, $2)", [notificationChannel, payload]);
  }

  /** Makes a committed revocation known here, without waiting for its notification. */
  enter(subject: string, at: number): void {
    this.#forgetOld();
    const before = this.#revokedAt.get(subject)?.at ?? 0;
    this.#revokedAt.set(subject, { at: Math.max(at, before), until: Math.max(at, before) + keptMs });
    for (const listener of this.#listeners) listener(subject);
  }

  /** Whether all there is to know is in memory: where news may have been missed it lags behind, the table never does. */
  get current(): boolean {
    return !this.#stale && this.notifications.connected;
  }

  /** Whether the credentials were ended before their time. */
  async includes(credentials: Subjects): Promise<boolean> {
    if (!this.current) await this.load();
    return this.has(credentials);
  }

  /** The same as far as memory goes. */
  has({ id, sessionId, issuedAt }: Subjects): boolean {
    return this.#ended(id, issuedAt) || this.#ended(sessionId, issuedAt);
  }

  #ended(subject: string | null, issuedAt: Date): boolean {
    const revoked = subject === null ? undefined : this.#revokedAt.get(subject);
    if (subject === null || revoked === undefined) return false;
    // Servers' clocks differ, so times are compared only where they have to be.
    return endsForGood(subject) || revoked.at >= issuedAt.getTime();
  }

  listen(listener: (subject: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Removes from the table what no credential can still be valid for. */
  async sweep(): Promise<void> {
    await this.control.query("delete from control.revocation where expires_at < $1", [clock.now()]);
  }

  #forgetOld(): void {
    const now = clock.now().getTime();
    if (now < this.#sweptAt + sweepMs) return;
    this.#sweptAt = now;
    for (const [subject, { until }] of this.#revokedAt) if (until < now) this.#revokedAt.delete(subject);
  }
}
