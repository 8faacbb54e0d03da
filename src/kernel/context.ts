import type { ControlPlane } from "./database/control-work.js";
import type { Notifications } from "./database/notifications.js";
import type { TenantScope } from "./database/tenant-scope.js";
import type { Loaders } from "./graphql/loaders.js";
import type { Origin, Viewer } from "./viewer.js";

export { anonymous, bearerOf, type Origin, system, type Viewer } from "./viewer.js";

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
