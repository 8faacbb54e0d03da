import { TypeID } from "typeid-js";
import { defineJob } from "../../../kernel/jobs/index.js";

/**
 * Predicts what the row says; the queue's id of the job is the UUID inside the row's id. One of a tenant runs at a
 * time, and few in a process: they share the prediction threads with callers who wait for an answer.
 */
export const batchRun = defineJob<{ batchId: string }>({
  name: "batchPrediction.run",
  retryLimit: 5,
  retryDelaySeconds: 2,
  expireInSeconds: 24 * 3_600,
  heartbeatSeconds: 8,
  perTenant: 1,
  concurrency: 2,
});

export const queueId = (batchId: string): string => TypeID.fromString(batchId).toUUID();
