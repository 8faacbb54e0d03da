// What every peer is given: where the database is, and as many connections as ours has.

/** @param {string} name */
function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; the benchmark starts this server.`);
  return value;
}

export const connectionString = given("PEER_DATABASE_URL");
export const schema = given("PEER_SCHEMA");
export const poolSize = Number(given("PEER_POOL_SIZE"));
export const viewerId = given("PEER_VIEWER_ID");

/** Tells the benchmark where this server answers. @param {import("node:net").AddressInfo | string | null} address */
export function listening(address) {
  if (address === null || typeof address === "string") throw new Error("This server has no port.");
  process.send?.({ url: `http://127.0.0.1:${address.port}` });
}
