import type { DomainEvent } from "../../kernel/events.js";

export type TrainingEvent = DomainEvent & {
  type:
    | "training.queued"
    | "training.started"
    | "training.paused"
    | "training.resumed"
    | "training.succeeded"
    | "training.failed"
    | "training.cancelled";
};
