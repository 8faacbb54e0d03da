import type { Db } from "pg-boss";
import type { Sql } from "./sql.js";

/** One channel and so one connection a process; pg-boss' own would wake its workers, which are not used. */
const channel = "tenfold_jobs";

export type Message = { queue: string } | { cancel: string };

/** Tells every process at commit of the caller's transaction, and never if it rolls back. */
export async function announce(sql: Sql, message: Message): Promise<void> {
  await sql.query("SELECT pg_notify($1, $2)", [channel, JSON.stringify(message)]);
}

/**
 * Listens on a connection of its own that pg-boss checks and renews. `onGap` runs after each (re)connection,
 * because what was announced meanwhile is lost. Resolves to a function that stops listening.
 */
export async function listen(
  database: Db,
  onMessage: (message: Message) => void,
  onGap: () => void,
): Promise<() => Promise<void>> {
  if (!database.listen) throw new Error("The job queue's database connection can't listen.");
  const handle = await database.listen(channel, (text) => onMessage(JSON.parse(text) as Message), onGap);
  return () => handle.close();
}
