import { defineError } from "../../../kernel/errors.js";

export const BatchPredictionFinished = defineError(
  "BATCH_PREDICTION_FINISHED",
  "This batch prediction has ended already.",
);
export const BatchPredictionExpired = defineError(
  "BATCH_PREDICTION_EXPIRED",
  "The result of this batch prediction was removed at the end of its time. Start another.",
  "NOT_FOUND",
);
export const BatchPredictionNotReady = defineError(
  "BATCH_PREDICTION_NOT_READY",
  "Only a batch prediction that has SUCCEEDED has a result. Wait for its end, or start another.",
);
