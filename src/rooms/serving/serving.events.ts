import type { DomainEvent } from "../../kernel/events.js";

export type ServingEvent = DomainEvent & {
  type: "version.exported" | "version.downloaded";
};
