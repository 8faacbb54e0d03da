import type { DomainEvent } from "../../kernel/events.js";

export type AutomlEvent = DomainEvent & {
  type:
    | "automl.queued"
    | "automl.started"
    | "automl.paused"
    | "automl.resumed"
    | "automl.succeeded"
    | "automl.failed"
    | "automl.cancelled";
};
