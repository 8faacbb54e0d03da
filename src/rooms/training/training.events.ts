import type { DomainEvent } from "../../kernel/events.js";

export type TrainingEvent = DomainEvent & {
  type:
    | "training.queued"
    | "training.started"
    | "training.succeeded"
    | "training.failed"
    | "training.cancelled";
};
