import { isIP } from "node:net";
import type { KnownTenant } from "../tenancy/index.js";

/** What a request says of itself. */
export interface Credentials {
  authorization: string | null;
  /** The host, in lower case and without its port. */
  host: string;
  /** The header `x-tenant`. */
  tenantSlug: string | null;
}

/** One way in which a request names a tenant; null where there is no such tenant. */
export interface Place {
  name: string;
  tenant: KnownTenant | null;
}

/** A name by which a request names a tenant. */
export type Reference = { slug: string } | { customDomain: string };

export const nameOf = (reference: Reference): string =>
  "slug" in reference ? reference.slug : reference.customDomain;

/** Every way in which a request names a tenant: its host, and the header. */
export function referencesOf({ host, tenantSlug }: Credentials, hosts: readonly string[]): Reference[] {
  const references: Reference[] = [];
  const ofHost = referenceOf(host, hosts);
  if (ofHost) references.push(ofHost);
  if (tenantSlug !== null) references.push({ slug: tenantSlug.toLowerCase() });
  return references;
}

/** Null for a host that names the installation and no tenant. */
function referenceOf(host: string, hosts: readonly string[]): Reference | null {
  if (hosts.includes(host) || isIP(host.replace(/^\[|\]$/g, "")) !== 0) return null;
  const own = hosts.find((name) => host.endsWith(`.${name}`));
  return own === undefined ? { customDomain: host } : { slug: host.slice(0, -own.length - 1) };
}
