import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "pg";
import { sha256 } from "../crypto.js";
import { undoAndThrow } from "./administration.js";

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

/** What a database remembers of a file it ran. */
export type AppliedMigration = Pick<Migration, "version" | "name" | "checksum">;

/** Throws when an applied file has been edited, or is missing because the database is newer than this program. */
export function assertUnedited(
  folder: "control" | "tenant",
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): void {
  for (const { version, name, checksum } of applied) {
    const place = `migrations/${folder}: version ${version} (${name})`;
    const file = migrations[version - 1];
    if (!file) throw new Error(`${place} is in the database but not in this program; start a newer one.`);
    if (file.checksum !== checksum)
      throw new Error(`${place} was edited after it was applied; add a new file instead.`);
  }
}

/**
 * Brings the control schema to the newest version, each file in a transaction of its own; answers how many it ran.
 * Servers that start at the same time wait for one another. Throws as `assertUnedited` does.
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
    const { rows } = await client.query<AppliedMigration>(
      "select version, name, checksum from control.migration",
    );
    assertUnedited("control", migrations, rows);
    const pending = migrations.slice(rows.length);
    for (const migration of pending) await applyControl(client, migration);
    return pending.length;
  } finally {
    await client.query("select pg_advisory_unlock(hashtext('tenfold-control'))");
  }
}

async function applyControl(client: Client, { version, name, checksum, sql }: Migration): Promise<void> {
  const record = `insert into control.migration (version, name, checksum) values (${version}, '${name}', '${checksum}')`;
  await client.query(`begin; ${sql}\n; ${record}; commit`).catch(async (cause: Error) => {
    await undoAndThrow(client)(cause).catch(() => {});
    throw new Error(`migrations/control/${name}: ${cause.message}`, { cause });
  });
}
