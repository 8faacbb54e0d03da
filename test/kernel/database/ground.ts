import { type DataSource, EntitySchema } from "typeorm";
import { system } from "../../../src/kernel/context.js";
import { Key } from "../../../src/kernel/crypto.js";
import { applicationUrl } from "../../../src/kernel/database/administration.js";
import { createDataSource } from "../../../src/kernel/database/database.js";
import { ReadLanes } from "../../../src/kernel/database/read-lanes.js";
import { TenantSchemas } from "../../../src/kernel/database/tenant-schemas.js";
import { TenantScope } from "../../../src/kernel/database/tenant-scope.js";
import type { Listener, WriteEnvironment } from "../../../src/kernel/database/unit-of-work.js";
import { createLog } from "../../../src/kernel/log.js";
import { type Cluster, masterKey, sharedCluster } from "../../support/cluster.js";

/** A table of every tenant, as an entity. */
export interface Failure {
  emailHash: string;
  failures: number;
  lastAt: Date;
}

export const failure = new EntitySchema<Failure>({
  name: "sign_in_failure",
  columns: {
    emailHash: { type: "text", primary: true },
    failures: { type: "integer" },
    lastAt: { type: "timestamptz" },
  },
});

const actor = { viewer: system, origin: { requestId: "spec", ip: null, userAgent: null } };

/** A database of its own with some tenants' schemas, and the pool through which the application reaches them. */
export class Ground {
  private constructor(
    readonly cluster: Cluster,
    readonly url: string,
    readonly applicationUrl: string,
    readonly source: DataSource,
    readonly schemas: TenantSchemas,
    readonly tenants: readonly string[],
    readonly environment: WriteEnvironment & { listeners: Listener[] },
  ) {}

  static async start({ tenants = 2, poolSize = 2 } = {}): Promise<Ground> {
    const cluster = await sharedCluster();
    const url = await cluster.database();
    const password = new Key(Buffer.from(masterKey, "hex")).derive("database-login").toString("base64url");
    const application = applicationUrl(url, password);
    const schemas = new TenantSchemas(url);
    await schemas.refill(tenants);
    const source = createDataSource({ url: application, poolSize });
    source.setOptions({ entities: [failure] });
    await source.initialize();
    const rows = await cluster.execute<{ name: string }>(
      "select name from control.tenant_schema order by name",
      [],
      url,
    );
    const reads = new ReadLanes(application, 1);
    const environment = { source, listeners: [], log: createLog("silent"), reads };
    return new Ground(
      cluster,
      url,
      application,
      source,
      schemas,
      rows.map(({ name }) => name),
      environment,
    );
  }

  /** The schema of one tenant, by position. */
  tenant(position: number): string {
    const name = this.tenants[position];
    if (name === undefined) throw new Error(`There is no tenant ${position} here.`);
    return name;
  }

  scope(position: number): TenantScope {
    const schema = this.tenant(position);
    const tenant = { id: `tenant_${position}`, slug: schema, schema, limits: {}, key: Key.generate() };
    return new TenantScope(this.environment, tenant, actor);
  }

  admin<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]> {
    return this.cluster.execute<Row>(sql, values, this.url);
  }

  /** Rows of a tenant's `sign_in_failure`, seen from outside. */
  async stored(position: number): Promise<string[]> {
    const rows = await this.admin<{ email_hash: string }>(
      `select email_hash from ${this.tenant(position)}.sign_in_failure order by 1`,
    );
    return rows.map((row) => row.email_hash);
  }

  async stop(): Promise<void> {
    await this.environment.reads.close();
    await this.source.destroy();
  }
}

/** The statement that stores one row under `$1`. */
export const store = "insert into sign_in_failure (email_hash, failures, last_at) values ($1, 1, now())";

/** Who and where a connection is at this moment. */
export const whereabouts = "select current_user as role, current_setting('search_path') as path";

/** The error that `promise` ends with; throws when it does not fail. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  if (outcome === undefined) throw new Error("It was expected to fail.");
  return outcome;
}
