import type { ControlPlane } from "./database/control-work.js";
import type { Notifications } from "./database/notifications.js";
import type { TenantScope } from "./database/tenant-scope.js";
import type { Loaders } from "./graphql/loaders.js";

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

/** Where a request came from, for the audit trail. */
export interface Origin {
  readonly requestId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** One request, or one event of a subscription. */
export interface RequestContext extends Origin {
  readonly viewer: Viewer;
  /** Present once a tenant is known by token, key, host or header. */
  readonly tenant: TenantScope | null;
  /** What host or header call the tenant where there is none of that name; a sign-in to it fails like any other. */
  readonly unknownTenant: string | null;
  readonly control: ControlPlane;
  /** What other requests and processes commit, for subscriptions. */
  readonly notifications: Notifications;
  /** True when the tenant or the API key allows registered operations only. */
  readonly persistedOnly: boolean;
  readonly idempotencyKey: string | null;
  /** Scheme, host and port as the caller reached us. */
  readonly baseUrl: string;
  /** DataLoaders of this request alone. */
  readonly loaders: Loaders;
}

/** A request inside a tenant, which a rule has made sure of. */
export interface TenantContext extends RequestContext {
  readonly tenant: TenantScope;
}
