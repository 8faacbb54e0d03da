import type { DomainEvent } from "../../kernel/events.js";

/** What this room tells the audit trail. */
export type AutomationEvent = DomainEvent & { type: "operation.registered" | "operation.removed" };
