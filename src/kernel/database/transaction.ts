import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import { identifier, type Sql } from "./sql.js";

/** The schema and the role of one tenant bear the same opaque, generated name. */
export type SchemaName = string;

const enterTenant = {
  name: "tenfold_enter",
  text: "select pg_catalog.set_config('role', $1, true), pg_catalog.set_config('search_path', $2, true)",
};

interface PgClient {
  query(
    query: string | { name?: string; text: string; values?: unknown[] },
  ): Promise<{ command: string; rows: unknown[] }>;
}

/**
 * One database transaction on one connection of the shared pool. The statements that open it travel in the same
 * round trip as the first one that follows, because none of them is waited for alone.
 */
export class Transaction implements Sql {
  readonly #runner: QueryRunner;
  readonly #client: PgClient;
  /** Answers still to come of statements sent ahead; the first failure is the cause of all that follow. */
  #ahead: Promise<unknown>[] = [];

  private constructor(runner: QueryRunner, client: PgClient) {
    this.#runner = runner;
    this.#client = client;
  }

  static async begin(source: DataSource, mode: "read" | "write"): Promise<Transaction> {
    const runner = source.createQueryRunner();
    const transaction = new Transaction(runner, (await runner.connect()) as PgClient);
    transaction.#send(mode === "read" ? "begin read only" : "begin");
    // TypeORM is told that a transaction is open, or `save` would open and commit one of its own.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    return transaction;
  }

  /** TypeORM's manager bound to this transaction. */
  get manager(): EntityManager {
    return this.#runner.manager;
  }

  /** From here on every statement runs as the tenant's role and sees the tenant's schema alone. */
  enter(schema: SchemaName): void {
    this.#send({ ...enterTenant, values: [schema, `${identifier(schema)}, pg_temp`] });
  }

  /** Back to the application's own login, which reaches the control schema and no tenant's. */
  leave(): void {
    this.#send("reset role");
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.statement<Row>({ text, values });
  }

  /** One statement, prepared once a connection where it has a name. */
  async statement<Row>(query: { name?: string; text: string; values?: unknown[] }): Promise<Row[]> {
    const answer = this.#client.query(query);
    answer.catch(() => {});
    await this.#settle();
    return (await answer).rows as Row[];
  }

  /**
   * Throws when the database rolled back instead: a `COMMIT` after a failed statement answers without an error.
   */
  async commit(): Promise<void> {
    const answer = this.#client.query("commit");
    answer.catch(() => {});
    await this.#settle();
    const { command } = await answer;
    if (command !== "COMMIT") throw new Error(`The transaction did not commit: ${command}`);
  }

  /** Answers the failure of a statement sent ahead, if there was one: the cause behind "transaction is aborted". */
  async rollback(): Promise<unknown> {
    const ahead = await Promise.allSettled(this.#ahead);
    this.#ahead = [];
    await this.#client.query("rollback").catch(() => {});
    return ahead.find((answer) => answer.status === "rejected")?.reason;
  }

  /** Gives the connection back; one that is not idle is closed by the pool. */
  async release(): Promise<void> {
    await Promise.allSettled(this.#ahead);
    Object.assign(this.#runner, { isTransactionActive: false, transactionDepth: 0 });
    await this.#runner.release();
  }

  #send(query: string | { name: string; text: string; values: unknown[] }): void {
    const answer = this.#client.query(query);
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
  mode: "read" | "write",
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = await Transaction.begin(source, mode);
  try {
    const result = await body(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    throw (await transaction.rollback()) ?? error;
  } finally {
    await transaction.release();
  }
}
