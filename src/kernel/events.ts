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
