import type { DomainEvent } from "../../kernel/events.js";

export type TenancyEvent = DomainEvent & { type: "tenant.created" | "tenant.updated" };
