import type { DataSource, EntityManager } from "typeorm";
import type { Sql } from "./sql.js";
import { inTransaction, queryAlone, type Transaction } from "./transaction.js";

/** An open transaction of the operator's that writes may join, and what waits for its commit. */
export class ControlWork implements Sql {
  readonly #afterCommit: (() => void | Promise<void>)[] = [];

  constructor(readonly transaction: Transaction) {}

  query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    return this.transaction.query<Row>(text, values);
  }

  /** Runs `action` once the change is durable. It must not throw: the caller would take a success for a failure. */
  afterCommit(action: () => void | Promise<void>): void {
    this.#afterCommit.push(action);
  }

  static async perform<T>(source: DataSource, body: (work: ControlWork) => Promise<T>): Promise<T> {
    const { work, result } = await inTransaction(source, "write", async (transaction) => {
      const work = new ControlWork(transaction);
      return { work, result: await body(work) };
    });
    for (const action of work.#afterCommit) await action();
    return result;
  }
}

/** The control schema, as the application's login. Each call is a transaction of its own, unless one is joined. */
export class ControlPlane implements Sql {
  constructor(
    readonly source: DataSource,
    readonly joined: ControlWork | null = null,
  ) {}

  query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    if (this.joined) return this.joined.query<Row>(text, values);
    return queryAlone<Row>(this.source, { text, values });
  }

  write<T>(body: (work: ControlWork) => Promise<T>): Promise<T> {
    return this.joined ? body(this.joined) : ControlWork.perform(this.source, body);
  }

  read<T>(body: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.joined) return body(this.joined.transaction.manager);
    return inTransaction(this.source, "read", (transaction) => body(transaction.manager));
  }

  /** The same control plane with every call inside `work`. */
  within(work: ControlWork): ControlPlane {
    return new ControlPlane(this.source, work);
  }
}
