import type { DataSource, EntityManager } from "typeorm";
import type { DomainEvent } from "../events.js";
import type { Log } from "../log.js";
import type { Origin, Viewer } from "../viewer.js";
import type { ControlPlane, ControlWork } from "./control-work.js";
import type { ReadLanes } from "./read-lanes.js";
import type { Sql } from "./sql.js";
import type { TenantRecord } from "./tenant-record.js";
import type { Transaction } from "./transaction.js";

/** What a room does about events of other rooms. */
export interface Listener {
  /** Runs inside the transaction, as the tenant: what it writes commits with the change or not at all. */
  inTransaction?(work: UnitOfWork, events: readonly DomainEvent[]): Promise<void>;
  /** Runs once the change is durable. Its failure is logged and undoes nothing. */
  afterCommit?(work: UnitOfWork, events: readonly DomainEvent[]): void | Promise<void>;
}

/** What every write needs, whoever makes it. */
export interface WriteEnvironment {
  readonly source: DataSource;
  readonly reads: ReadLanes;
  readonly listeners: readonly Listener[];
  readonly log: Log;
}

/** Who writes, from where. */
export interface Actor {
  readonly viewer: Viewer;
  readonly origin: Origin;
}

/** The channel every process of Tenfold listens on. */
export const notificationChannel = "tenfold";

const notifyAll = "select pg_catalog.pg_notify($1, payload) from pg_catalog.unnest($2::text[]) payload";

/**
 * One named write and all that must become true with it: the change, its audit event, its usage events, the jobs
 * it starts and the news it tells commit together or not at all.
 */
export class UnitOfWork {
  readonly events: DomainEvent[] = [];
  #told = false;
  #control: ((sql: Sql) => Promise<unknown>)[] = [];
  #notifications: string[] = [];
  #afterCommit: (() => void | Promise<void>)[] = [];

  constructor(
    /** The operation's name, e.g. `model.create`. */
    readonly operation: string,
    readonly tenant: TenantRecord,
    readonly actor: Actor,
    readonly transaction: Transaction,
  ) {}

  get manager(): EntityManager {
    return this.transaction.manager;
  }

  query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    return this.transaction.query<Row>(text, values);
  }

  /** Records a fact for the audit trail and the rooms that listen. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the fact, and its details are checked.
  emit<Event extends DomainEvent>(event: Event): void {
    if (this.#told)
      throw new Error(`${this.operation} is finished: ${event.type} would reach no audit trail.`);
    this.events.push(event);
  }

  /** Statements in the control schema, e.g. a job; run last, as the application, in the same transaction. */
  control(statements: (sql: Sql) => Promise<unknown>): void {
    this.#control.push(statements);
  }

  /** News for every process, delivered at commit; under 8,000 bytes, so send ids. */
  notify(topic: string, payload: object): void {
    this.#notifications.push(JSON.stringify({ topic, tenant: this.tenant.id, ...payload }));
  }

  /** Runs `action` once the change is durable. Its failure is logged and undoes nothing. */
  afterCommit(action: () => void | Promise<void>): void {
    this.#afterCommit.push(action);
  }

  /** All that happens between the body and `COMMIT`; the transaction has left the tenant when it returns. */
  async finish(environment: WriteEnvironment): Promise<void> {
    if (this.events.length > 0) {
      for (const listener of environment.listeners) await listener.inTransaction?.(this, this.events);
    }
    this.#told = true;
    this.transaction.leave();
    for (const statements of this.#control) await statements(this.transaction);
    if (this.#notifications.length > 0) {
      this.transaction.ahead({ text: notifyAll, values: [notificationChannel, this.#notifications] });
    }
  }

  /** What follows the commit. A failure here is logged only: the caller must not take the write for undone. */
  async committed({ listeners, log }: WriteEnvironment): Promise<void> {
    const actions = [
      ...this.#afterCommit,
      ...listeners.map((listener) => () => listener.afterCommit?.(this, this.events)),
    ];
    for (const action of actions) {
      try {
        await action();
      } catch (error) {
        log.error(
          { err: error, operation: this.operation },
          "what follows a commit failed; the commit stands",
        );
      }
    }
  }
}

/**
 * Opens a unit of work inside one tenant, within the control transaction of `control`; `prepare` runs first, as the
 * application, and answers the tenant, which may only come to be there.
 */
export async function performWrite<T>(
  environment: WriteEnvironment,
  control: ControlPlane,
  operation: string,
  actor: Actor,
  prepare: (work: ControlWork) => TenantRecord | Promise<TenantRecord>,
  body: (work: UnitOfWork) => Promise<T>,
): Promise<T> {
  return control.write(async (controlWork) => {
    const tenant = await prepare(controlWork);
    controlWork.transaction.enter(tenant.schema);
    const work = new UnitOfWork(operation, tenant, actor, controlWork.transaction);
    const answer = await body(work);
    await work.finish(environment);
    controlWork.afterCommit(() => work.committed(environment));
    return answer;
  });
}
