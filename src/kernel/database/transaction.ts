import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import type { ExtendedClient } from "./client.js";
import { entrance, type Sql } from "./sql.js";
import type { Statement } from "./tenant-read.js";

/** The schema and the role of one tenant bear the same opaque, generated name. */
export type SchemaName = string;

export type TransactionMode = "read" | "write";

/**
 * One database transaction on one connection of the shared pool. The statements that open it travel in the same
 * round trip as the first one that follows, because none of them is waited for alone.
 */
export class Transaction implements Sql {
  readonly #runner: QueryRunner;
  readonly #client: ExtendedClient;
  /** Answers still to come of statements sent ahead; the first failure is the cause of all that follow. */
  #ahead: Promise<unknown>[] = [];
  /** The answer to `COMMIT` or `ROLLBACK`, once sent. */
  #end: Promise<{ command: string }> | undefined;

  private constructor(runner: QueryRunner, client: ExtendedClient) {
    this.#runner = runner;
    this.#client = client;
  }

  static async begin(source: DataSource, mode: TransactionMode): Promise<Transaction> {
    const runner = source.createQueryRunner();
    const transaction = new Transaction(runner, (await runner.connect()) as ExtendedClient);
    transaction.#hold(transaction.#client.steer({ text: mode === "read" ? "begin read only" : "begin" }));
    // TypeORM is told that a transaction is open, or `save` would open and commit one of its own.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    return transaction;
  }

  /** TypeORM's manager bound to this transaction. */
  get manager(): EntityManager {
    return this.#runner.manager;
  }

  /** From here on every statement runs as the tenant's role, sees the tenant's schema alone and is one on rows. */
  enter(schema: SchemaName): void {
    this.#assertOpen();
    this.#hold(this.#client.enter(entrance(schema)));
  }

  /** Back to the application's own login, which reaches the control schema and no tenant's. */
  leave(): void {
    this.#assertOpen();
    this.#hold(this.#client.steer({ text: "set local role none" }));
    this.#hold(this.#client.steer({ text: "set local search_path to pg_catalog, pg_temp" }));
    this.#client.allow("anything");
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.statement<Row>({ text, values });
  }

  async statement<Row>(statement: Statement): Promise<Row[]> {
    this.#assertOpen();
    const answer = this.#client.query(statement) as Promise<{ rows: Row[] }>;
    answer.catch(() => {});
    await this.#settle();
    return (await answer).rows;
  }

  /** Sends a statement whose rows nobody wants; its failure shows at the next statement or at the commit. */
  ahead(statement: Statement): void {
    this.#assertOpen();
    this.#hold(this.#client.query(statement));
  }

  /**
   * Throws when the database rolled back instead: a `COMMIT` after a failed statement answers without an error.
   */
  async commit(): Promise<void> {
    const end = this.#finish("commit");
    await this.#settle();
    const { command } = await end;
    if (command !== "COMMIT") throw new Error(`The transaction did not commit: ${command}`);
  }

  /** Answers the failure of a statement sent ahead, if there was one: the cause behind "transaction is aborted". */
  async rollback(): Promise<unknown> {
    const ahead = await Promise.allSettled(this.#ahead);
    this.#ahead = [];
    // A failed commit has ended the transaction too; the second answer says so, and the connection can be used again.
    await (this.#end ?? this.#finish("rollback")).catch(() =>
      this.#client.steer({ text: "rollback" }).catch(() => {}),
    );
    return ahead.find((answer) => answer.status === "rejected")?.reason;
  }

  /** Gives the connection back; one that is not idle is closed by the pool. */
  async release(): Promise<void> {
    Object.assign(this.#runner, { isTransactionActive: false, transactionDepth: 0 });
    await this.#runner.release();
  }

  /** Nothing is sent behind the end: it would run outside the transaction, as the application. */
  #finish(text: "commit" | "rollback"): Promise<{ command: string }> {
    this.#assertOpen();
    this.#client.allow("nothing");
    this.#end = this.#client.steer({ text });
    this.#end.catch(() => {});
    return this.#end;
  }

  /** The connection may serve another tenant by now. */
  #assertOpen(): void {
    if (this.#end) throw new Error("The transaction is over: await every statement inside it.");
  }

  #hold(answer: Promise<unknown>): void {
    answer.catch(() => {});
    this.#ahead.push(answer);
  }

  async #settle(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const answer of ahead) await answer;
  }
}

/** Runs `body` in a transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  source: DataSource,
  mode: TransactionMode,
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = await Transaction.begin(source, mode);
  try {
    return await ending(transaction, body);
  } finally {
    await transaction.release();
  }
}

async function ending<T>(
  transaction: Transaction,
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    const result = await body(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    throw (await transaction.rollback()) ?? error;
  }
}

/** One statement that only reads, as a tenant, in one round trip. */
export async function readAs<Row>(
  source: DataSource,
  schema: SchemaName,
  statement: Statement,
): Promise<Row[]> {
  return onConnection(
    source,
    async (client) => (await client.readAs(entrance(schema), statement)).rows as Row[],
  );
}

/** One statement as the application, in a transaction and a round trip of its own. */
export async function queryAlone<Row>(source: DataSource, statement: Statement): Promise<Row[]> {
  return onConnection(source, async (client) => (await client.steer(statement)).rows as Row[]);
}

/** Lends a connection of the pool, outside any transaction. */
async function onConnection<T>(source: DataSource, body: (client: ExtendedClient) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    return await body((await runner.connect()) as ExtendedClient);
  } finally {
    await runner.release();
  }
}
