import pg from "pg";

const database = "tenfold";

/** `base64url` passwords need no escaping in a URL. */
export const urlOf = (port: number, password: string, name = database): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;

/** SQLSTATE of a refusal, e.g. `3D000`; undefined for other faults. */
const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

async function connectOnce(url: string, statement?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    if (statement) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Connects once, and makes the database when it is missing, as it is at the first start. */
async function ensureDatabase(port: number, password: string): Promise<void> {
  try {
    await connectOnce(urlOf(port, password));
  } catch (error) {
    if (sqlState(error) !== "3D000") throw error;
    await connectOnce(urlOf(port, password, "postgres"), `CREATE DATABASE ${database}`);
  }
}

/** Whether the cluster took our password; true means that the database is there too. */
export async function admits(port: number, password: string): Promise<boolean> {
  try {
    await ensureDatabase(port, password);
    return true;
  } catch (error) {
    if (sqlState(error) === "28P01") return false;
    throw error;
  }
}
