import { system } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { TenantSuspended } from "../../kernel/errors.js";
import { JobPostponed } from "../../kernel/jobs/index.js";
import type { TenancyService } from "./tenancy.service.js";

/* What every job of a tenant does the same way around its attempts. */

/** The resumption itself wakes the job, in its own transaction; this is for a tenant that was resumed by hand in SQL. */
const lookAgainSeconds = 3_600;

/** The tenant as background work sees it; null where it is gone. Audit names `jobId` as the request. */
export async function scopeFor(
  tenancy: TenancyService,
  tenantId: string | null,
  jobId: string,
): Promise<TenantScope | null> {
  const tenant = tenantId === null ? null : await tenancy.directory.find({ id: tenantId });
  const origin = { requestId: jobId, ip: null, userAgent: null };
  return tenant && tenancy.scope(tenant, { viewer: system, origin });
}

/**
 * Puts a job off until its tenant is served again, once `putOff` has stored that it waits. Always throws: JobPostponed,
 * or the error for which nobody could tell whether the tenant is served, which has the job tried again soon.
 */
export async function untilServed(served: AbortSignal, putOff: () => Promise<void>): Promise<never> {
  if (!(served.reason instanceof TenantSuspended)) throw served.reason;
  await putOff();
  throw new JobPostponed(lookAgainSeconds, "The tenant is not served at present.");
}
