import { TypeID } from "typeid-js";
import { defineJob, type Job } from "../../kernel/jobs/index.js";

export type TrainingRun = Job<{ jobId: string }>;

/**
 * Trains what the row says; the queue's id of the job is the UUID inside the row's id. A worker claims no more than it
 * has processes for: what waited inside it would be kept from workers that are free, and from the tenants' turns.
 */
export const trainingRun = (processes: number): TrainingRun =>
  defineJob({
    name: "training.run",
    retryLimit: 5,
    retryDelaySeconds: 2,
    expireInSeconds: 4 * 3_600,
    heartbeatSeconds: 8,
    perTenant: 1,
    concurrency: processes,
  });

export const queueId = (jobId: string): string => TypeID.fromString(jobId).toUUID();
