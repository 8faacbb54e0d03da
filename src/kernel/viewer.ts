import type { TenfoldError } from "./errors.js";

/** Who asks, as the credentials prove it. Permissions are names such as `model:create`. */
export interface Viewer {
  readonly kind: "anonymous" | "user" | "apiKey" | "operator" | "system";
  /** TypeID of the user, API key or operator; null when anonymous. */
  readonly id: string | null;
  readonly role: string | null;
  readonly permissions: ReadonlySet<string>;
  /** The session behind an access token; what sign-out ends. */
  readonly sessionId: string | null;
  /** When the credentials were issued, and when they end by themselves. */
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  /**
   * Why the credentials that an anonymous request bears were refused. Such a request gets this answer everywhere but
   * at what is open to everyone, or whoever holds a stale token could not sign in again.
   */
  readonly refusal?: TenfoldError;
}

export const anonymous: Viewer = {
  kind: "anonymous",
  id: null,
  role: null,
  permissions: new Set(),
  sessionId: null,
  issuedAt: new Date(0),
  expiresAt: null,
};

/** What work done by Tenfold itself (a job, the demo, a migration) acts as. */
export const system: Viewer = { ...anonymous, kind: "system", role: "system" };

/** Whoever asked for a URL of its own, with no permission but what the URL itself gives. */
export function bearerOf(
  createdBy: string | null,
  { issuedAt, expiresAt }: Pick<Viewer, "issuedAt" | "expiresAt">,
): Viewer {
  const kind = createdBy?.startsWith("key_") ? "apiKey" : createdBy ? "user" : "system";
  return { ...anonymous, kind, id: createdBy, issuedAt, expiresAt };
}

/** Where a request came from, for the audit trail. */
export interface Origin {
  readonly requestId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
