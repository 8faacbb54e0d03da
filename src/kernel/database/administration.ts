import pg from "pg";
import { applicationFunctions, publicMay, reachingFunctions } from "./reach.js";
import { identifier } from "./sql.js";

/** The login the product works as. It owns nothing, inherits nothing, and may only become a tenant's role. */
export const applicationLogin = "tenfold_app";

/** The URL of the same database for the application's login. */
export function applicationUrl(administratorUrl: string, password: string): string {
  const url = new URL(administratorUrl);
  url.username = applicationLogin;
  url.password = password;
  return url.href;
}

/** Opens an administrator's connection for as long as `body` runs. It may send several statements at once. */
export async function asAdministrator<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "tenfold-administration" });
  // A lost connection also rejects the statement under way; the event alone would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

/** Undoes a failed script of several statements, then passes the failure on. */
export const undoAndThrow =
  (client: pg.Client) =>
  async (cause: unknown): Promise<never> => {
    await client.query("rollback").catch(() => {});
    throw cause;
  };

const login = identifier(applicationLogin);

/** Functions still open to everybody, so that a start on a finished database changes nothing. */
const openFunctions = `select p.oid::regprocedure as signature, p.proname ~ '${applicationFunctions}' as ours
  from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '${reachingFunctions}'
    and ${publicMay("p.proacl", "p.proowner", "f", "EXECUTE")}`;

async function functionStatements(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ signature: string; ours: boolean }>(openFunctions);
  return rows.flatMap(({ signature, ours }) => [
    ...(ours ? [`grant execute on function ${signature} to ${login}`] : []),
    `revoke execute on function ${signature} from public`,
  ]);
}

const settings = {
  statement_timeout: "60s",
  idle_in_transaction_session_timeout: "60s",
  lock_timeout: "30s",
};

/**
 * Roles belong to the whole cluster: another database's Tenfold may be making or changing the same one at this moment.
 * No DO block here nor elsewhere: the wall takes plpgsql from an administrator who is no superuser, too.
 */
async function prepareLogin(client: pg.Client, password: string): Promise<void> {
  const { rows } = await client.query("select from pg_roles where rolname = $1", [applicationLogin]);
  const creation = `create role ${login} login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls`;
  if (rows.length === 0) await client.query(creation).catch(unless(alreadyThere));
  const changes = Object.entries(settings).map(
    ([name, value]) => `alter role ${login} set ${name} = '${value}';`,
  );
  const script = `alter role ${login} with login noinherit password ${client.escapeLiteral(password)}; ${changes.join(" ")}`;
  for (let attempt = 1; attempt < 10; attempt += 1) {
    const { done } = await client.query(script).then(() => ({ done: true }), unless(changedMeanwhile));
    if (done) return;
  }
  await client.query(script);
}

const alreadyThere = /already exists|duplicate key/;
const changedMeanwhile = /tuple concurrently updated/;

/** Passes a failure on unless its message says that somebody else was quicker. */
const unless =
  (expected: RegExp) =>
  (error: Error): { done: false } => {
    if (!expected.test(error.message)) throw error;
    return { done: false };
  };

/**
 * Makes the application's login and takes from PUBLIC what a tenant's SQL could escape with. Repeating it changes
 * nothing. A managed Postgres may refuse a revocation, with an error or, worse, with a mere warning: what stands in
 * the end is for `inspectWall` to say. Answers the errors.
 */
export async function raiseWall(client: pg.Client, password: string): Promise<string[]> {
  const database = client.escapeIdentifier(client.database ?? "");
  const statements = [
    ...(await functionStatements(client)),
    "revoke update on pg_catalog.pg_settings from public",
    "revoke usage on language plpgsql from public",
    "revoke create on schema public from public",
    `revoke temporary on database ${database} from public`,
    `grant connect on database ${database} to ${login}`,
  ];
  const refused: string[] = [];
  await client.query("select pg_advisory_lock(hashtext('tenfold-wall'))");
  try {
    await prepareLogin(client, password);
    for (const statement of statements)
      await client.query(statement).catch((error: unknown) => refused.push((error as Error).message));
  } finally {
    await client.query("select pg_advisory_unlock(hashtext('tenfold-wall'))");
  }
  return refused;
}
