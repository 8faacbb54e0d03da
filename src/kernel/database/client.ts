import pg from "pg";
import {
  Preparation,
  type PreparedName,
  prepared,
  type RawRow,
  RawTenantRead,
  type Statement,
  TenantRead,
} from "./tenant-read.js";

/** What a connection takes at present: all of the application's SQL, only statements on rows, or nothing more. */
export type Gate = "anything" | "rows" | "nothing";

/**
 * The first word alone decides what Postgres runs. SET, RESET, COMMIT, NOTIFY, COPY, DO, DECLARE, PREPARE and their
 * kin need no privilege that could be revoked, and some of them outlive the transaction: none gets past this.
 */
const rowStatement = /^[\s(]*(?:select|insert|update|delete|merge|with|values|lock)\b/i;

/** The way into a tenant, as `entrance` makes it. */
type Entrance = readonly [role: string, searchPath: string];

type Callback = (error: Error) => void;

/**
 * A Postgres client that speaks the extended protocol only, pipelines, and has a gate.
 * The simple protocol, which node-postgres falls back to without parameters, accepts stacked statements, and one
 * stacked `RESET ROLE` is a way out of a tenant; the extended protocol refuses a second statement.
 */
export class ExtendedClient extends pg.Client {
  #gate: Gate = "anything";

  constructor(config?: string | pg.ClientConfig) {
    const given = typeof config === "string" ? { connectionString: config } : config;
    super({ ...given, pipeline: true });
  }

  /** Whether the last answer left the connection outside any transaction. */
  get idle(): boolean {
    return (this as unknown as { getTransactionStatus(): string | null }).getTransactionStatus() === "I";
  }

  /** What `query` takes from here on; what was sent before is not affected. */
  allow(gate: Gate): void {
    this.#gate = gate;
  }

  /** Past the gate: for `Transaction` alone, which opens and closes it. */
  steer(statement: Statement): Promise<pg.QueryResult> {
    return super.query({ ...statement, queryMode: "extended" } as pg.QueryConfig);
  }

  /** From here on, until the transaction ends or leaves, every statement runs as the tenant's role. */
  enter(entrance: Entrance): Promise<pg.QueryResult> {
    this.allow("rows");
    return this.steer({
      name: "tenfold_enter" satisfies PreparedName,
      text: prepared.tenfold_enter,
      values: [...entrance],
    });
  }

  /** One statement that only reads, as a tenant, in a transaction and a round trip of its own. */
  readAs(entrance: Entrance, statement: Statement): Promise<pg.QueryResult> {
    return this.#readAs(statement, (done) => new TenantRead(statement, entrance, done));
  }

  /** The same, for its first row as Postgres wrote it; gives up the prepared statements named in `forgotten`. */
  readRawAs(entrance: Entrance, statement: Statement, forgotten: readonly string[] = []): Promise<RawRow> {
    return this.#readAs(statement, (done) => new RawTenantRead(statement, entrance, forgotten, done));
  }

  async #readAs<T>(
    { text }: Statement,
    read: (done: (error: Error | null, result: T) => void) => TenantRead,
  ): Promise<T> {
    this.allow("rows");
    const refusal = this.#refusal(text);
    if (refusal) throw refusal;
    return new Promise((resolve, reject) => {
      super.query(read((error, result) => (error ? reject(error) : resolve(result))) as never);
    });
  }

  /** Prepares the ways into a tenant. A failure shows at their first use. */
  prepareEntrances(): void {
    super.query(new Preparation(() => {}) as never);
  }

  // The base class declares nine overloads, all of which end in this shape.
  override query(config: unknown, values?: unknown, callback?: unknown): never {
    const statement = asStatement(config, values);
    const done = [values, callback].find((given) => typeof given === "function") as Callback | undefined;
    const refusal = this.#refusal(statement.text);
    if (refusal) return refuse(refusal, done) as never;
    return super.query({ ...statement, queryMode: "extended" } as never, done as never) as never;
  }

  #refusal(text: unknown): Error | undefined {
    if (this.#gate === "nothing")
      return new Error("The transaction is over: await every statement inside it.");
    if (typeof text !== "string")
      return new Error("Only a statement with its text is sent; cursors cannot share a pipeline.");
    if (this.#gate === "anything" || rowStatement.test(text)) return undefined;
    return new Error(
      `Inside a tenant only statements on rows are sent, not: ${text.trimStart().slice(0, 20)}`,
    );
  }
}

/** Statements come as text and values, or as one object, which TypeORM and pg-pool pass along with values undefined. */
function asStatement(config: unknown, values: unknown): Statement {
  const statement = typeof config === "string" ? { text: config } : (config as Statement);
  return Array.isArray(values) ? { ...statement, values } : statement;
}

function refuse(error: Error, done: Callback | undefined): Promise<never> | undefined {
  if (!done) return Promise.reject(error);
  process.nextTick(done, error);
  return undefined;
}

/**
 * A pool that hands a connection on only when it is outside any transaction. One given back in the middle of a
 * transaction could still carry a tenant's role and search path, so it is closed instead.
 */
export class GuardedPool extends pg.Pool {
  constructor(config?: pg.PoolConfig) {
    super({ ...config, Client: ExtendedClient });
    this.on("connect", (client) => (client as unknown as ExtendedClient).prepareEntrances());
    this.on("release", (_error, client) => {
      const connection = client as unknown as ExtendedClient;
      if (connection.idle) connection.allow("anything");
      else void connection.end().catch(() => {});
    });
  }
}

/** The `pg` module with our client and pool, as TypeORM's `driver` option takes it. */
export const guardedDriver = { ...pg, Client: ExtendedClient, Pool: GuardedPool };
