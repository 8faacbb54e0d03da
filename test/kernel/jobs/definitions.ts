import { defineJob, type JobDefinition } from "../../../src/kernel/jobs/index.js";

const usual: Omit<JobDefinition, "name"> = {
  retryLimit: 2,
  retryDelaySeconds: 1,
  expireInSeconds: 60,
  heartbeatSeconds: 3,
  perTenant: 8,
  concurrency: 8,
};

export interface Note {
  text: string;
}

/** A job as the specs use it, with what matters to one of them. */
export const noteJob = (change: Partial<JobDefinition> = {}) =>
  defineJob<Note>({ ...usual, name: "note", ...change });

/** One at a time, so that the order of starts is the order of turns. */
export const queueing = noteJob({ name: "queueing", concurrency: 1 });
