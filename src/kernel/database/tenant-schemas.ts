import type { Client } from "pg";
import { clock } from "../clock.js";
import { applicationLogin, asAdministrator } from "./administration.js";
import { type Migration, readMigrations } from "./migrations.js";
import { identifier } from "./sql.js";

/**
 * A digest of all that a tenant's schema consists of: columns, constraints, indexes, triggers and grants, with the
 * schema's own name taken out. Two tenants at one version have one fingerprint; another one means drift.
 */
const fingerprintOf = (schema: string): string => `(select md5(string_agg(line, E'\\n' order by line)) from (
  select replace(concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid)), '${schema}', '') as line
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = '${schema}'::regnamespace and c.relkind in ('r', 'v', 'S')
  union all select replace(concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)), '${schema}', '')
  from pg_constraint where connamespace = '${schema}'::regnamespace and contype <> 'n'
  union all select replace(indexdef, '${schema}', '') from pg_indexes where schemaname = '${schema}'
  union all select replace(pg_get_triggerdef(t.oid), '${schema}', '') from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = '${schema}'::regnamespace and not t.tgisinternal
  union all select replace(concat_ws(' ', 'grant', relname, relacl), '${schema}', '') from pg_class
  where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'v', 'S')
) lines)`;

/** The tenant's SQL as it runs in one schema; `:tenant_role` stands for the role that gets the grants. */
const scriptOf = (schema: string, migrations: readonly Migration[]): string =>
  migrations.map(({ sql }) => sql.replaceAll(":tenant_role", identifier(schema))).join(";\n");

/** What one run over many tenants did. */
export interface MigrationReport {
  readonly migrated: number;
  readonly upToDate: number;
  /** Tenants left at their old version, with the reason; the others went on. */
  readonly failed: { schema: string; reason: string }[];
}

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

  /** Makes warm schemas until `wanted` are waiting; answers how many it made. */
  async refill(wanted: number): Promise<number> {
    return asAdministrator(this.url, async (client) => {
      const { rows } = await client.query<{ warm: number }>(
        "select count(*)::int as warm from control.tenant_schema where tenant_id is null and version = $1",
        [this.version],
      );
      const missing = Math.max(0, wanted - (rows[0]?.warm ?? 0));
      for (let made = 0; made < missing; made += 1) await this.#create(client);
      return missing;
    });
  }

  async #create(client: Client): Promise<void> {
    const schema = `t_${clock.randomBytes(10).toString("hex")}`;
    const name = identifier(schema);
    await client
      .query(`begin;
      create role ${name} nologin noinherit;
      grant ${name} to ${identifier(applicationLogin)} with inherit false, set true;
      create schema ${name}; grant usage on schema ${name} to ${name};
      set local search_path to ${name};
      ${scriptOf(schema, this.migrations)};
      insert into control.tenant_schema (name, version, fingerprint)
        values ('${schema}', ${this.version}, ${fingerprintOf(schema)});
      commit`)
      .catch(undoAndThrow(client));
  }

  /**
   * Brings every schema to the newest version: one first, alone, as the canary, then the others over `parallel`
   * connections. Each is one transaction under a lock of its own, so a killed run resumes where it stopped, two runs
   * share the work, and one tenant's failure stays its own. Throws when the canary fails: nothing else was touched.
   */
  async migrate(
    parallel = 4,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<MigrationReport> {
    const report = { migrated: 0, upToDate: 0, failed: [] as { schema: string; reason: string }[] };
    const behind = await this.#behind();
    if (behind.length === 0) return report;
    const queue = behind.slice();
    let done = 0;
    const step = async (client: Client, schema: string): Promise<void> => {
      const outcome = await this.#migrateOne(client, schema);
      if (outcome === "migrated") report.migrated += 1;
      else if (outcome === "up to date") report.upToDate += 1;
      else report.failed.push({ schema, reason: outcome.reason });
      onProgress((done += 1), behind.length);
    };
    await asAdministrator(this.url, (client) => step(client, queue.shift() ?? ""));
    const [canary] = report.failed;
    if (canary)
      throw new Error(`The first tenant's migration failed, so no other was tried: ${canary.reason}`);
    const drain = (client: Client): Promise<void> => drainQueue(queue, (schema) => step(client, schema));
    await Promise.all(Array.from({ length: parallel }, () => asAdministrator(this.url, drain)));
    return report;
  }

  async #behind(): Promise<string[]> {
    return asAdministrator(this.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select name from control.tenant_schema where version < $1 order by tenant_id nulls first, name",
        [this.version],
      );
      return rows.map((row) => row.name);
    });
  }

  async #migrateOne(client: Client, schema: string): Promise<"migrated" | "up to date" | { reason: string }> {
    try {
      await client.query("begin");
      const { rows } = await client.query<{ version: number }>(
        `select version from control.tenant_schema
         where name = $1 and pg_try_advisory_xact_lock(hashtext('tenfold-tenant'), hashtext($1))`,
        [schema],
      );
      const version = rows[0]?.version ?? this.version;
      if (version >= this.version) return "up to date";
      await client.query(`set local search_path to ${identifier(schema)};
        ${scriptOf(schema, this.migrations.slice(version))};
        update control.tenant_schema set version = ${this.version}, migration_error = null,
          fingerprint = ${fingerprintOf(schema)} where name = '${schema}'`);
      await client.query("commit");
      return "migrated";
    } catch (error) {
      await client.query("rollback");
      const reason = (error as Error).message;
      await client.query("update control.tenant_schema set migration_error = $2 where name = $1", [
        schema,
        reason,
      ]);
      return { reason };
    } finally {
      await client.query("rollback").catch(() => {});
    }
  }

  /** Schemas whose present structure differs from the one recorded when they were last migrated. */
  async drifted(): Promise<string[]> {
    return asAdministrator(this.url, async (client) => {
      const { rows } = await client.query<{ name: string; fingerprint: string }>(
        "select name, fingerprint from control.tenant_schema order by name",
      );
      const drifted: string[] = [];
      for (const { name, fingerprint } of rows) {
        identifier(name);
        const now = await client.query<{ fingerprint: string }>(
          `select ${fingerprintOf(name)} as fingerprint`,
        );
        if (now.rows[0]?.fingerprint !== fingerprint) drifted.push(name);
      }
      return drifted;
    });
  }

  /** Drops a schema with all its data, and its role. It does not come back. */
  async drop(schema: string): Promise<void> {
    const name = identifier(schema);
    await asAdministrator(this.url, async (client) => {
      await client
        .query(`begin; drop schema if exists ${name} cascade;
        delete from control.tenant_schema where name = '${schema}'; commit`)
        .catch(undoAndThrow(client));
      await client.query(`drop owned by ${name}; drop role ${name}`);
    });
  }
}

async function drainQueue(queue: string[], step: (item: string) => Promise<void>): Promise<void> {
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) await step(item);
}

const undoAndThrow =
  (client: Client) =>
  async (error: unknown): Promise<never> => {
    await client.query("rollback");
    throw error;
  };
