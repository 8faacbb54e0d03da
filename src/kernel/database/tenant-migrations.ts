import type { Client } from "pg";
import { asAdministrator, undoAndThrow } from "./administration.js";
import { fingerprintOf } from "./fingerprint.js";
import { type AppliedMigration, assertUnedited, type Migration } from "./migrations.js";
import { identifier } from "./sql.js";

/** What one run over many tenants did. */
export interface MigrationReport {
  readonly migrated: number;
  /** Found at the newest version when their turn came: another run was quicker. */
  readonly upToDate: number;
  /** Tenants left at their old version, with the reason; the others went on. */
  readonly failed: readonly { schema: string; reason: string }[];
}

export interface MigrationOptions {
  /** Connections at once; default 4. */
  parallel?: number;
  onProgress?: (done: number, total: number) => void;
}

type Outcome = "migrated" | "up to date" | { reason: string };

/** The tenant's SQL as it runs in one schema; `:tenant_role` stands for the role that gets the grants. */
export const tenantScript = (schema: string, migrations: readonly Migration[]): string =>
  migrations.map(({ sql }) => sql.replaceAll(":tenant_role", identifier(schema))).join(";\n");

/**
 * Brings every schema to the newest version: one first, alone, as the canary, then the others over `parallel`
 * connections. Each is one transaction that holds its registry row, so a killed run resumes where it stopped, two
 * runs share the work, and one tenant's failure stays its own. Throws when the canary fails: nothing else was
 * touched. Throws when a file was edited after it was applied, or when the database is newer than the files.
 */
export async function migrateTenants(
  url: string,
  migrations: readonly Migration[],
  { parallel = 4, onProgress = () => {} }: MigrationOptions = {},
): Promise<MigrationReport> {
  const behind = await asAdministrator(url, (client) => findBehind(client, migrations));
  const queue = behind.map(({ name }) => name);
  const total = queue.length;
  const outcomes = new Map<string, Outcome>();
  const drain = (limit: number) => (client: Client) =>
    drainQueue(queue, limit, async (schema) => {
      outcomes.set(schema, await migrateOne(client, schema, migrations));
      onProgress(outcomes.size, total);
    });
  // Where only tenants are left that failed before, there is no canary: one of them must not keep a server from starting.
  if (behind[0]?.failed === false) await asAdministrator(url, drain(1));
  const [canary] = failuresOf(outcomes);
  if (canary)
    throw new Error(`The canary ${canary.schema} failed, so no other tenant was tried: ${canary.reason}`);
  await asAdministrator(url, (client) => remember(client, migrations));
  const workers = Math.min(parallel, queue.length);
  await Promise.all(Array.from({ length: workers }, () => asAdministrator(url, drain(Infinity))));
  const count = (wanted: Outcome): number =>
    [...outcomes.values()].filter((outcome) => outcome === wanted).length;
  return { migrated: count("migrated"), upToDate: count("up to date"), failed: failuresOf(outcomes) };
}

const failuresOf = (outcomes: Map<string, Outcome>): { schema: string; reason: string }[] =>
  [...outcomes].flatMap(([schema, outcome]) =>
    typeof outcome === "string" ? [] : { schema, reason: outcome.reason },
  );

async function drainQueue(
  queue: string[],
  limit: number,
  step: (item: string) => Promise<void>,
): Promise<void> {
  for (let done = 0; done < limit; done += 1) {
    const item = queue.shift();
    if (item === undefined) return;
    await step(item);
  }
}

/**
 * Answers who is behind. A warm schema goes first, since a canary should be nobody's; one whose last attempt failed
 * goes last, or a single tenant's rows would hold up every later run.
 */
async function findBehind(
  client: Client,
  migrations: readonly Migration[],
): Promise<{ name: string; failed: boolean }[]> {
  const { rows: applied } = await client.query<AppliedMigration>(
    "select version, name, checksum from control.tenant_migration",
  );
  assertUnedited("tenant", migrations, applied);
  const { rows } = await client.query<{ name: string; failed: boolean }>(
    `select name, migration_error is not null as failed from control.tenant_schema where version < $1
     order by failed, tenant_id is not null, name`,
    [migrations.length],
  );
  return rows;
}

/** The files count as applied once the canary took them: one that failed there may still be mended. */
async function remember(client: Client, migrations: readonly Migration[]): Promise<void> {
  const columns = (["version", "name", "checksum"] as const).map((column) =>
    migrations.map((file) => file[column]),
  );
  await client.query(
    `insert into control.tenant_migration (version, name, checksum)
     select * from unnest($1::int[], $2::text[], $3::text[]) on conflict do nothing`,
    columns,
  );
}

async function migrateOne(
  client: Client,
  schema: string,
  migrations: readonly Migration[],
): Promise<Outcome> {
  try {
    await client.query("begin; set local lock_timeout = '10s'");
    // Locking the row waits for another run at it, be it one that was killed, and reads what that left behind.
    const { rows } = await client.query<{ version: number }>(
      "select version from control.tenant_schema where name = $1 for update",
      [schema],
    );
    const version = rows[0]?.version ?? migrations.length;
    if (version < migrations.length) await apply(client, schema, migrations, version);
    await client.query("commit");
    return version < migrations.length ? "migrated" : "up to date";
  } catch (error) {
    const reason = (error as Error).message;
    await undoAndThrow(client)(error).catch(() => {});
    await client.query("update control.tenant_schema set migration_error = $2 where name = $1", [
      schema,
      reason,
    ]);
    return { reason };
  }
}

async function apply(
  client: Client,
  schema: string,
  migrations: readonly Migration[],
  from: number,
): Promise<void> {
  await client.query(`set local search_path to ${identifier(schema)};
    ${tenantScript(schema, migrations.slice(from))};
    update control.tenant_schema set version = ${migrations.length}, migration_error = null,
      fingerprint = ${fingerprintOf(schema)} where name = '${schema}'`);
}
