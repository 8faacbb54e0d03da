import { TypeID } from "typeid-js";
import { defineJob } from "../../kernel/jobs/index.js";

/** Trains what the row says; the queue's id of the job is the UUID inside the row's id. */
export const trainingRun = defineJob<{ jobId: string }>({
  name: "training.run",
  retryLimit: 5,
  retryDelaySeconds: 2,
  expireInSeconds: 4 * 3_600,
  heartbeatSeconds: 8,
  perTenant: 1,
  concurrency: 8,
});

export const queueId = (jobId: string): string => TypeID.fromString(jobId).toUUID();
