import { defineError } from "../../kernel/errors.js";

export const TenantSlugTaken = defineError("TENANT_SLUG_TAKEN", "Another tenant has this slug.");
export const TenantDomainTaken = defineError("TENANT_DOMAIN_TAKEN", "Another tenant has this domain.");
export const TenantStatusConflict = defineError(
  "TENANT_STATUS_CONFLICT",
  "The tenant's status does not allow this.",
);

export const constraints = {
  tenant_slug_key: TenantSlugTaken,
  tenant_custom_domain_key: TenantDomainTaken,
};
