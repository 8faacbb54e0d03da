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

type Reference = { slug: string } | { customDomain: string };

/** Every way in which a request names a tenant, with what `find` makes of it. */
export async function placesOf(
  { host, tenantSlug }: Credentials,
  hosts: readonly string[],
  find: (reference: Reference) => Promise<KnownTenant | null>,
): Promise<Place[]> {
  const named = tenantSlug === null ? null : { slug: tenantSlug.toLowerCase() };
  const references = [referenceOf(host, hosts), named].filter((reference) => reference !== null);
  return Promise.all(
    references.map(async (reference) => ({
      name: "slug" in reference ? reference.slug : reference.customDomain,
      tenant: await find(reference),
    })),
  );
}

/** Null for a host that names the installation and no tenant. */
function referenceOf(host: string, hosts: readonly string[]): Reference | null {
  if (hosts.includes(host) || isIP(host.replace(/^\[|\]$/g, "")) !== 0) return null;
  const own = hosts.find((name) => host.endsWith(`.${name}`));
  return own === undefined ? { customDomain: host } : { slug: host.slice(0, -own.length - 1) };
}
