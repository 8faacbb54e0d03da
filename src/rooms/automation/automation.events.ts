import type { DomainEvent } from "../../kernel/events.js";

export type AutomationEvent = DomainEvent & { type: "operation.registered" | "operation.removed" };
