import type { Origin, RequestContext, Viewer } from "./context.js";
import type { TenantRecord } from "./database/tenant-record.js";
import { TenantScope } from "./database/tenant-scope.js";
import { Loaders } from "./graphql/loaders.js";
import type { Kernel } from "./kernel.js";

/** What authentication found; the tenant is null for the operator and for nobody in particular. */
export interface Authenticated {
  viewer: Viewer;
  tenant: TenantRecord | null;
  unknownTenant?: string | null;
  persistedOnly: boolean;
}

/** The context of one request, or of one event of a subscription. */
export function requestContext(
  kernel: Kernel,
  origin: Origin & { idempotencyKey: string | null; baseUrl: string },
  { viewer, tenant, unknownTenant = null, persistedOnly }: Authenticated,
): RequestContext {
  const { requestId, ip, userAgent, idempotencyKey, baseUrl } = origin;
  const actor = { viewer, origin: { requestId, ip, userAgent } };
  return {
    requestId,
    ip,
    userAgent,
    idempotencyKey,
    baseUrl,
    viewer,
    unknownTenant,
    persistedOnly,
    tenant: tenant && new TenantScope(kernel.environment, tenant, actor),
    control: kernel.control,
    notifications: kernel.notifications,
    loaders: new Loaders(),
  };
}
