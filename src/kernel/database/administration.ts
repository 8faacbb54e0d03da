import pg from "pg";
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
  client.on("error", () => {});
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

/** Functions that change a session's settings or write outside the tables; a tenant's SQL must reach none of them. */
const forbiddenFunctions = [
  "set_config(text,text,boolean)",
  "pg_notify(text,text)",
  "lo_create(oid)",
  "lo_creat(integer)",
  "lo_from_bytea(oid,bytea)",
  "lo_put(oid,bigint,bytea)",
  "lo_unlink(oid)",
  "lowrite(integer,bytea)",
  "lo_open(oid,integer)",
  "lo_truncate(integer,integer)",
  "lo_truncate64(integer,bigint)",
];

const revocations = [
  ...forbiddenFunctions.map((name) => `revoke execute on function pg_catalog.${name} from public`),
  "revoke update on pg_catalog.pg_settings from public",
  "revoke usage on language plpgsql from public",
  "revoke create on schema public from public",
];

/**
 * Makes the application's login and takes from PUBLIC what a tenant's SQL could escape with. Repeating it changes
 * nothing. Answers the revocations this database refuses (a managed Postgres may), for the start-up report.
 */
export async function raiseWall(client: pg.Client, password: string): Promise<string[]> {
  const login = identifier(applicationLogin);
  await client.query("select pg_advisory_lock(hashtext('tenfold-wall'))");
  try {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${applicationLogin}') then
        create role ${login} login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
      end if; end $$`);
    await client.query(`alter role ${login} with login noinherit password ${client.escapeLiteral(password)}`);
    await client.query(`alter role ${login} set statement_timeout = '60s';
      alter role ${login} set idle_in_transaction_session_timeout = '60s';
      alter role ${login} set lock_timeout = '30s'`);
    const database = `"${(client.database ?? "").replaceAll('"', '""')}"`;
    const statements = [
      ...revocations,
      `revoke temporary on database ${database} from public`,
      `grant connect on database ${database} to ${login}`,
      `grant execute on function pg_catalog.set_config(text,text,boolean) to ${login}`,
      `grant execute on function pg_catalog.pg_notify(text,text) to ${login}`,
    ];
    const refused: string[] = [];
    for (const statement of statements) {
      await client
        .query(statement)
        .catch((error: unknown) => refused.push(`${statement}: ${(error as Error).message}`));
    }
    return refused;
  } finally {
    await client.query("select pg_advisory_unlock(hashtext('tenfold-wall'))");
  }
}
