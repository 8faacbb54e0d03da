import type { Db } from "pg-boss";
import type { Sql } from "../database/sql.js";

export type { Sql };

/** The caller's transaction as pg-boss wants to see it. */
export const asBossDatabase = (sql: Sql): Db => ({
  executeSql: async (text, values) => ({ rows: await sql.query(text, values) }),
});

/** pg-boss' own connections as Sql. */
export const asSql = (database: Db): Sql => ({
  query: async <Row>(text: string, values?: unknown[]) =>
    (await database.executeSql(text, values)).rows as Row[],
});

/** Runs `work` in one transaction on pg-boss' own pool; rolls back and rethrows on any error. */
export async function transaction<Result>(
  database: Db,
  work: (transaction: Db) => Promise<Result>,
): Promise<Result> {
  if (!database.beginTransaction) throw new Error("The job queue's database connection has no transactions.");
  const handle = await database.beginTransaction();
  try {
    const result = await work(handle.db);
    await handle.commit();
    return result;
  } catch (error) {
    await handle.rollback();
    throw error;
  }
}
