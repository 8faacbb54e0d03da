import pg from "pg";

/**
 * A Postgres client that speaks the extended protocol only and pipelines.
 * The simple protocol, which node-postgres falls back to without parameters, accepts stacked statements, and one
 * stacked `RESET ROLE` is a way out of a tenant; the extended protocol refuses a second statement.
 */
export class ExtendedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super({
      ...(typeof config === "string" ? { connectionString: config } : config),
      pipeline: true,
    });
  }

  // biome-ignore lint: the base class declares nine overloads, all of which end in this shape.
  override query(config: unknown, values?: unknown, callback?: unknown): never {
    const extended =
      typeof config === "string"
        ? { text: config, values: Array.isArray(values) ? values : undefined, queryMode: "extended" }
        : { ...(config as object), queryMode: "extended" };
    const rest = typeof config === "string" && !Array.isArray(values) ? (values ?? callback) : callback;
    return super.query(
      extended as never,
      (typeof config === "string" ? undefined : values) as never,
      rest as never,
    ) as never;
  }
}

/**
 * A pool that hands a connection on only when it is outside any transaction. One given back in the middle of a
 * transaction could still carry a tenant's role and search path, so it is closed instead.
 */
export class GuardedPool extends pg.Pool {
  constructor(config?: pg.PoolConfig) {
    super({ ...config, Client: ExtendedClient });
    this.on("release", (_error, client) => {
      const connection = client as pg.PoolClient & {
        getTransactionStatus(): string | null;
        end(): Promise<void>;
      };
      if (connection.getTransactionStatus() !== idle) void connection.end().catch(() => {});
    });
  }
}

/** Postgres' status byte of a connection outside any transaction. */
const idle = "I";

/** The `pg` module with our client and pool, as TypeORM's `driver` option takes it. */
export const guardedDriver = { ...pg, Client: ExtendedClient, Pool: GuardedPool };
