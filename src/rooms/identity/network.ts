import { isIPv6 } from "node:net";

/**
 * What stands for one client in counting: an IPv4 address, or the first 64 bits of an IPv6 one, within which a client
 * takes as many addresses as it likes (RFC 4291, section 2.5.1; RFC 8981). Other text stands for itself.
 */
export function networkOf(ip: string | null): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip ?? "") ?? [];
  if (mapped !== undefined) return mapped;
  return ip !== null && isIPv6(ip) ? prefixOf(ip) : (ip ?? "");
}

/** Missing groups are zeros. A dotted end stands for two groups, which lie beyond the fourth and need not be read. */
function prefixOf(ip: string): string {
  const plain = ip.replace(/[\d.]+\.[\d.]+$/, "0:0");
  const [left = [], right = []] = plain.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(8 - left.length - right.length, 0) }, () => "0");
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
