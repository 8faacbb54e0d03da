import type { DomainEvent } from "../../kernel/events.js";
import type { BatchEvent } from "./batch/batch.events.js";

export type ServingEvent = BatchEvent | (DomainEvent & { type: "version.exported" | "version.downloaded" });
