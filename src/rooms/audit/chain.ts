import { sha256 } from "../../kernel/crypto.js";

/**
 * An event as it is hashed: every column, named as in the graph. `at` is RFC 3339 in UTC with microseconds, which is
 * all that Postgres keeps; a JavaScript date would let the last three digits be changed unseen.
 */
export interface HashedEvent {
  id: string;
  at: string;
  action: string;
  operation: string;
  actorKind: string;
  actorId: string | null;
  subject: string | null;
  before: unknown;
  after: unknown;
  outcome: string;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
}

/** The columns of a `HashedEvent`, of the table that is called `e` in the query. */
export const hashedColumns = `e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.action, e.operation, e.actor_kind as "actorKind", e.actor_id as "actorId", e.subject, e.before, e.after,
  e.outcome, e.ip, e.user_agent as "userAgent", e.request_id as "requestId"`;

/**
 * JSON in the one form of RFC 8785 (JCS): members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. A number beyond the range of a double, which only a forger's SQL can put there, is written by name,
 * or it would be taken for null.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // Code units are what RFC 8785 sorts by, and what the default order of JavaScript compares.
  const names = Object.keys(value).sort();
  const members = names.map(
    (name) => `${JSON.stringify(name)}:${canonicalJson((value as Record<string, unknown>)[name])}`,
  );
  return `{${members.join(",")}}`;
}

/** What the first link follows: the tenant's name, so that one tenant's chain can't stand in for another's. */
export const genesis = (tenantId: string): string => sha256(tenantId);

/** One link: SHA-256 over the previous link (64 hexadecimal digits) followed by the event's canonical JSON (UTF-8). */
export const link = (previous: string, event: HashedEvent): string => sha256(previous + canonicalJson(event));
