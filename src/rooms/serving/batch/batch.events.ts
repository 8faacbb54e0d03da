import type { DomainEvent } from "../../../kernel/events.js";

export type BatchEvent = DomainEvent & {
  type:
    | "batchPrediction.queued"
    | "batchPrediction.started"
    | "batchPrediction.paused"
    | "batchPrediction.resumed"
    | "batchPrediction.succeeded"
    | "batchPrediction.failed"
    | "batchPrediction.cancelled"
    | "batchPrediction.exported"
    | "batchPrediction.downloaded"
    | "batchPrediction.expired";
};
