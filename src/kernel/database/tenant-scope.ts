import type { EntityManager } from "typeorm";
import { ControlPlane } from "./control-work.js";
import type { Sql } from "./sql.js";
import type { RawRow, Statement } from "./tenant-read.js";
import type { TenantRecord } from "./tenant-record.js";
import { inTransaction, readAs } from "./transaction.js";
import { type Actor, performWrite, type UnitOfWork, type WriteEnvironment } from "./unit-of-work.js";

export type { TenantRecord } from "./tenant-record.js";

/**
 * The only door to a tenant's data. Every access is a transaction that runs as the tenant's role with the tenant's
 * search path; code that holds a scope can reach this tenant and no other.
 */
export class TenantScope {
  constructor(
    readonly environment: WriteEnvironment,
    readonly tenant: TenantRecord,
    readonly actor: Actor,
    /** The unit of work that writes join, where one is already open (an idempotent mutation). */
    readonly joined: UnitOfWork | null = null,
  ) {}

  get id(): string {
    return this.tenant.id;
  }

  /** A consistent read: all statements of `body` see one transaction, and none of them can write. */
  read<T>(body: (manager: EntityManager, sql: Sql) => Promise<T>): Promise<T> {
    if (this.joined) return body(this.joined.manager, this.joined.transaction);
    return inTransaction(this.environment.source, "read", (transaction) => {
      transaction.enter(this.tenant.schema);
      return body(transaction.manager, transaction);
    });
  }

  /** One statement that only reads, in one round trip: role, search path and statement travel together. */
  query<Row>(text: string, values: unknown[] = [], name?: string): Promise<Row[]> {
    if (this.joined) return this.joined.query<Row>(text, values);
    return readAs<Row>(this.environment.source, this.tenant.schema, { name, text, values });
  }

  /** One statement that only reads, in one round trip; its first row as Postgres wrote it, column by column as text. */
  raw(statement: Statement): Promise<RawRow> {
    if (this.joined) throw new Error("A raw read has a round trip of its own and joins no transaction.");
    return this.environment.reads.read(this.tenant.schema, statement);
  }

  /** A named write; see `UnitOfWork` for what commits with it. */
  write<T>(operation: string, body: (work: UnitOfWork) => Promise<T>): Promise<T> {
    if (this.joined) return body(this.joined);
    const control = new ControlPlane(this.environment.source);
    return performWrite(this.environment, control, operation, this.actor, () => this.tenant, body);
  }

  /** The same scope with every read and write inside `work`. */
  within(work: UnitOfWork): TenantScope {
    return new TenantScope(this.environment, this.tenant, this.actor, work);
  }

  /** Encrypts under the tenant's key; `context` names the place (table and id) the bytes belong to. */
  seal(plain: Uint8Array, context: string): Buffer {
    return this.tenant.key.seal(plain, `${this.tenant.id}:${context}`);
  }

  open(sealed: Uint8Array, context: string): Buffer {
    return this.tenant.key.open(sealed, `${this.tenant.id}:${context}`);
  }
}
