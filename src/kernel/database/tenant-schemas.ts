import type { Client } from "pg";
import { clock } from "../clock.js";
import { applicationLogin, asAdministrator, undoAndThrow } from "./administration.js";
import { fingerprintOf } from "./fingerprint.js";
import { type Migration, readMigrations } from "./migrations.js";
import { identifier } from "./sql.js";
import {
  type MigrationOptions,
  type MigrationReport,
  migrateTenants,
  tenantScript,
} from "./tenant-migrations.js";

/** Schemas made in one script: each holds its locks until the commit, some sixty of a cluster's many thousands. */
const batchSize = 8;

/** The schemas of all tenants: making, claiming ahead of time, migrating, dropping. Runs as the administrator. */
export class TenantSchemas {
  constructor(
    private readonly url: string,
    private readonly migrations: readonly Migration[] = readMigrations("tenant"),
  ) {}

  /** The version a schema has when every migration is applied. */
  get version(): number {
    return this.migrations.length;
  }

  /**
   * Makes warm schemas until `wanted` are waiting; answers how many it made. Servers that do so at the same time take
   * turns, else each would make the whole number.
   */
  async refill(wanted: number): Promise<number> {
    if (wanted <= 0) return 0;
    return asAdministrator(this.url, async (client) => {
      await client.query("select pg_advisory_lock(hashtext('tenfold-refill'))");
      const { rows } = await client.query<{ warm: number }>(
        "select count(*)::int as warm from control.tenant_schema where tenant_id is null and version = $1",
        [this.version],
      );
      const missing = Math.max(0, wanted - (rows[0]?.warm ?? 0));
      for (let made = 0; made < missing; made += batchSize)
        await this.#create(client, Math.min(batchSize, missing - made));
      return missing;
    });
  }

  async #create(client: Client, count: number): Promise<void> {
    const names = Array.from({ length: count }, () => `t_${clock.randomBytes(10).toString("hex")}`);
    const script = names.map((schema) => this.#creation(schema)).join(";\n");
    await client.query(`begin; ${script}; commit`).catch(undoAndThrow(client));
  }

  #creation(schema: string): string {
    const name = identifier(schema);
    return `create role ${name} nologin noinherit;
      grant ${name} to ${identifier(applicationLogin)} with inherit false, set true;
      create schema ${name}; grant usage on schema ${name} to ${name};
      set local search_path to ${name};
      ${tenantScript(schema, this.migrations)};
      insert into control.tenant_schema (name, version, fingerprint)
        values ('${schema}', ${this.version}, ${fingerprintOf(schema)})`;
  }

  /** Brings every schema to the newest version; see `migrateTenants`. */
  migrate(options?: MigrationOptions): Promise<MigrationReport> {
    return migrateTenants(this.url, this.migrations, options);
  }

  /** How many schemas are at which version, and the last failure of each that could not be migrated. */
  async status(): Promise<{
    versions: { version: number; tenants: number; warm: number }[];
    failures: SchemaFailure[];
  }> {
    return asAdministrator(this.url, async (client) => {
      const versions = await client.query<{ version: number; tenants: number; warm: number }>(
        `select version, count(tenant_id)::int as tenants, count(*) filter (where tenant_id is null)::int as warm
         from control.tenant_schema group by version order by version`,
      );
      const failures = await client.query<SchemaFailure>(
        `select name as schema, version, migration_error as reason from control.tenant_schema
         where migration_error is not null order by name`,
      );
      return { versions: versions.rows, failures: failures.rows };
    });
  }

  /** Schemas whose present structure differs from the one recorded when they were last migrated. */
  async drifted(onProgress: (done: number, total: number) => void = () => {}): Promise<string[]> {
    return asAdministrator(this.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select name from control.tenant_schema order by name",
      );
      const drifted: string[] = [];
      for (const [index, { name }] of rows.entries()) {
        if (await hasDrifted(client, name)) drifted.push(name);
        onProgress(index + 1, rows.length);
      }
      return drifted;
    });
  }

  /** Drops a schema with all its data, and its role. It does not come back. Repeating it after a crash is safe. */
  async drop(schema: string): Promise<void> {
    const name = identifier(schema);
    await asAdministrator(this.url, async (client) => {
      const { rows } = await client.query("select from pg_roles where rolname = $1", [schema]);
      const dropRole = rows.length > 0 ? `drop owned by ${name}; drop role ${name};` : "";
      await client
        .query(`begin; drop schema if exists ${name} cascade; ${dropRole}
          delete from control.tenant_schema where name = '${schema}'; commit`)
        .catch(undoAndThrow(client));
    });
  }
}

export interface SchemaFailure {
  readonly schema: string;
  readonly version: number;
  readonly reason: string;
}

/** A schema that is gone altogether has drifted as well. */
async function hasDrifted(client: Client, name: string): Promise<boolean> {
  const { rows } = await client
    .query<{ same: boolean }>(
      `select fingerprint = ${fingerprintOf(name)} as same from control.tenant_schema where name = $1`,
      [name],
    )
    .catch(() => ({ rows: [] }));
  return rows[0]?.same !== true;
}
