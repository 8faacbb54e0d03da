import { isIP } from "node:net";
import { LRUCache } from "lru-cache";

export type HostCheck = (host: string) => Promise<boolean> | boolean;

/** The name in a `Host` header: lower case, no port, no dot for the root at its end; null when it is none. */
export function hostName(header: string | undefined): string | null {
  if (!header) return null;
  const known = names.get(header);
  if (known !== undefined) return known.name;
  const name = /[\s/@?#\\]/.test(header)
    ? null
    : URL.parse(`http://${header}`)?.hostname.replace(/\.$/, "") || null;
  names.set(header, { name });
  return name;
}

/** Read once a header: parsing an address costs more than the rest of what a request asks of it. */
const names = new LRUCache<string, { readonly name: string | null }>({ max: 1_000 });

const isLoopback = (name: string): boolean => name === "localhost" || name.endsWith(".localhost");

const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, "")) !== 0;

/**
 * Which names the door answers to. DNS rebinding makes a browser send a foreign *name* to our address, so names
 * must be known; addresses can't be rebound and stay open for probes and scrapers.
 */
export function hostCheck(own: string, allowed: HostCheck = () => false): HostCheck {
  return (name) => isLoopback(name) || isAddress(name) || name === own.toLowerCase() || allowed(name);
}

/**
 * Whether a page may open a socket: browsers send `Origin` there but ask for no CORS. Without the header it is no
 * browser. The page's own host, a known name or a listed origin passes.
 */
export async function originAllowed(
  origin: string | undefined,
  host: string,
  origins: readonly string[],
  check: HostCheck,
): Promise<boolean> {
  if (origin === undefined || origins.includes("*") || origins.includes(origin)) return true;
  const name = URL.parse(origin)?.hostname;
  if (!name) return false;
  return name === host || (!isAddress(name) && (await check(name)));
}
