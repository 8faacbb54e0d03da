import { isIP } from "node:net";

export type HostCheck = (host: string) => Promise<boolean> | boolean;

/** The name in a `Host` header: lower case, no port, no dot for the root at its end; null when it is none. */
export function hostName(header: string | undefined): string | null {
  if (!header || /[\s/@?#\\]/.test(header)) return null;
  return URL.parse(`http://${header}`)?.hostname.replace(/\.$/, "") || null;
}

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
