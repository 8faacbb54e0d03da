import pg from "pg";
import { type PreparedName, prepared, type Statement } from "./client.js";

/** The part of node-postgres' connection that a query writes to: messages of the extended protocol, one a call. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parsedStatements: Record<string, string>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values?: readonly string[] }): void;
  execute(message: object): void;
  sync(): void;
}

/** The hooks of node-postgres' own query that its types leave out. */
interface Hooks {
  prepare(wire: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: { text: string }, wire: Wire): void;
}

const Base = pg.Query as unknown as new (
  config: object,
  callback: (error: Error | null, result: pg.QueryResult) => void,
) => Hooks;

/** Prepares the statements that lead into a tenant, once for the life of a connection, without running them. */
export class Preparation extends Base {
  constructor(done: (error: Error | null) => void) {
    super({ text: "prepare", queryMode: "extended" }, done);
  }

  override prepare(wire: Wire): void {
    for (const [name, text] of Object.entries(prepared)) {
      wire.parse({ name, text });
      wire.parsedStatements[name] = text;
    }
    wire.sync();
  }
}

/**
 * One statement of a tenant's and the entrance before it, up to a single Sync. Postgres runs what lies between two
 * Syncs as one transaction, at whose end role, search path and read-only mode fall back, and skips all that follows a
 * failure: the statement runs inside its tenant or not at all, for little more than the price of a bare one.
 */
export class TenantRead extends Base {
  #entered = false;

  constructor(
    statement: Statement,
    private readonly entrance: readonly string[],
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super({ ...statement, queryMode: "extended" }, done);
  }

  override prepare(wire: Wire): void {
    wire.bind({ statement: "tenfold_read_as" satisfies PreparedName, values: this.entrance });
    wire.execute({});
    super.prepare(wire);
  }

  /** The entrance answers a row as well, which is nobody's. */
  override handleDataRow(message: unknown): void {
    if (this.#entered) super.handleDataRow(message);
  }

  override handleCommandComplete(message: { text: string }, wire: Wire): void {
    if (this.#entered) super.handleCommandComplete(message, wire);
    this.#entered = true;
  }
}
