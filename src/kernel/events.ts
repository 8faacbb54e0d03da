import type { UnitOfWork } from "./database/unit-of-work.js";

/** A fact a room tells others, e.g. `model.created`. Rooms declare closed unions of these. */
export interface DomainEvent {
  readonly type: string;
  /** TypeID of what it is about. */
  readonly subject: string | null;
  /** The state before and after, without secrets; kept in the audit trail. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly outcome?: "SUCCESS" | "FAILURE";
}

/** What a room does about events of other rooms. */
export interface Listener {
  /** Runs inside the transaction, as the tenant: what it writes commits with the change or not at all. */
  inTransaction?(work: UnitOfWork, events: readonly DomainEvent[]): Promise<void>;
  /** Runs once the change is durable. Its failure is logged and undoes nothing. */
  afterCommit?(work: UnitOfWork, events: readonly DomainEvent[]): void | Promise<void>;
}
