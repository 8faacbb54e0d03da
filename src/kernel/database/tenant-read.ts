import pg from "pg";

/** A statement as the extended protocol takes it: prepared once a connection where it has a name. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

const enter =
  "select pg_catalog.set_config('role', $1, true), pg_catalog.set_config('search_path', $2, true)";

/** The ways into a tenant: its role and its search path. Each connection prepares them when it is opened. */
export const prepared = {
  tenfold_enter: enter,
  tenfold_read_as: `${enter}, pg_catalog.set_config('transaction_read_only', 'on', true)`,
} as const;

export type PreparedName = keyof typeof prepared;

/** The part of node-postgres' connection that a query writes to: messages of the extended protocol, one a call. */
interface Wire {
  readonly stream: { write(bytes: Buffer): void };
  parsedStatements: Record<string, string>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values?: readonly string[] }): void;
  execute(message: object): void;
  describe(message: object): void;
  close(message: { type: "S"; name: string }): void;
  sync(): void;
}

/** The hooks of node-postgres' own query that its types leave out. */
interface Hooks {
  prepare(wire: Wire): void;
  handleDataRow(message: DataRow): void;
  handleCommandComplete(message: { text: string }, wire: Wire): void;
}

interface DataRow {
  readonly fields: readonly (string | null)[];
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

/** A wire that keeps its messages, so that they leave in one piece: a system call for each would cost more than the read. */
class Gathering {
  #parts: Buffer[] = [];
  readonly wire: Wire;

  constructor(private readonly through: Wire) {
    const keep = (part: Buffer): boolean => this.#parts.push(part) > 0;
    this.wire = Object.assign(Object.create(through) as Wire, { _send: keep });
  }

  send(): void {
    this.through.stream.write(Buffer.concat(this.#parts));
    this.#parts = [];
  }

  static readonly #of = new WeakMap<Wire, Gathering>();

  static of(wire: Wire): Gathering {
    const known = Gathering.#of.get(wire) ?? new Gathering(wire);
    Gathering.#of.set(wire, known);
    return known;
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
    const gathering = Gathering.of(wire);
    gathering.wire.bind({ statement: "tenfold_read_as" satisfies PreparedName, values: this.entrance });
    gathering.wire.execute({});
    super.prepare(this.through(gathering.wire));
    gathering.send();
  }

  /** The wire that the statement itself is sent through. */
  protected through(wire: Wire): Wire {
    return wire;
  }

  protected get entered(): boolean {
    return this.#entered;
  }

  /** The entrance answers a row as well, which is nobody's. */
  override handleDataRow(message: DataRow): void {
    if (this.#entered) super.handleDataRow(message);
  }

  override handleCommandComplete(message: { text: string }, wire: Wire): void {
    if (this.#entered) super.handleCommandComplete(message, wire);
    this.#entered = true;
  }
}

/** The columns of one row as Postgres wrote them. */
export type RawRow = readonly (string | null)[];

const silent = { describe: (): void => {} };

/** A read of which the first row is wanted as Postgres wrote it: columns are not described, and nothing is converted. */
export class RawTenantRead extends TenantRead {
  #row: RawRow = [];

  constructor(
    statement: Statement,
    entrance: readonly string[],
    private readonly forgotten: readonly string[],
    done: (error: Error | null, row: RawRow) => void,
  ) {
    super(statement, entrance, (error) => done(error, this.#row));
  }

  /** Gives up before it enters: an entrance that fails would have Postgres skip what comes behind it. */
  override prepare(wire: Wire): void {
    for (const name of this.forgotten) {
      Gathering.of(wire).wire.close({ type: "S", name });
      delete wire.parsedStatements[name];
    }
    super.prepare(wire);
  }

  protected override through(wire: Wire): Wire {
    return Object.assign(Object.create(wire) as Wire, silent);
  }

  override handleDataRow({ fields }: DataRow): void {
    if (this.entered && this.#row.length === 0) this.#row = fields;
  }
}
