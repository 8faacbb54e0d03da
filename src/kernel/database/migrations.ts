import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "pg";
import { sha256 } from "../crypto.js";

/** One numbered SQL file: `0003_models.sql` is version 3, named `models`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const root = fileURLToPath(new URL("../../../../migrations", import.meta.url));

/** The migrations of a folder in order. Throws when numbers repeat or leave a gap. */
export function readMigrations(folder: "control" | "tenant", directory: string = root): Migration[] {
  const files = readdirSync(join(directory, folder))
    .filter((file) => file.endsWith(".sql"))
    .sort();
  return files.map((file, index) => {
    const [, number, name] = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
    if (Number(number) !== index + 1 || !name)
      throw new Error(`migrations/${folder}/${file}: expected number ${index + 1}.`);
    const sql = readFileSync(join(directory, folder, file), "utf8");
    return { version: index + 1, name, sql, checksum: sha256(sql) };
  });
}

/**
 * Brings the control schema to the newest version, each file in a transaction of its own. Servers that start at the
 * same time wait for one another. Throws when a file that was already applied has been edited.
 */
export async function migrateControl(
  client: Client,
  migrations = readMigrations("control"),
): Promise<number> {
  await client.query("select pg_advisory_lock(hashtext('tenfold-control'))");
  try {
    await client.query(`create schema if not exists control;
      create table if not exists control.migration (
        version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
      grant usage on schema control to tenfold_app; grant select on control.migration to tenfold_app;`);
    const { rows } = await client.query<{ version: number; checksum: string }>(
      "select version, checksum from control.migration",
    );
    const applied = new Map(rows.map((row) => [row.version, row.checksum]));
    const pending = migrations.filter((migration) => !isApplied(migration, applied));
    for (const migration of pending) await applyControl(client, migration);
    return pending.length;
  } finally {
    await client.query("select pg_advisory_unlock(hashtext('tenfold-control'))");
  }
}

function isApplied(migration: Migration, applied: Map<number, string>): boolean {
  const checksum = applied.get(migration.version);
  if (checksum === undefined || checksum === migration.checksum) return checksum !== undefined;
  throw new Error(
    `migrations/control: version ${migration.version} was edited after it was applied; add a new file instead.`,
  );
}

async function applyControl(client: Client, { version, name, checksum, sql }: Migration): Promise<void> {
  const record = `insert into control.migration (version, name, checksum) values (${version}, '${name}', '${checksum}')`;
  await client.query(`begin; ${sql}\n; ${record}; commit`).catch(async (error: unknown) => {
    await client.query("rollback");
    throw new Error(`migrations/control/${name}: ${(error as Error).message}`, { cause: error });
  });
}
