import { clock } from "../../kernel/clock.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Meter, type MeteringService } from "../metering/index.js";
import { isFinal, lifecycle, TrainingJob } from "./training-job.entity.js";

/** The final status, and what goes with it. */
export type Ending = Pick<TrainingJob, "status"> &
  Partial<Pick<TrainingJob, "versionId" | "bestEpoch" | "failure">>;

/** The job, locked until the unit of work ends: who finds it open may end it, and nobody else at the same time. */
export const lockJob = (work: UnitOfWork, id: string): Promise<TrainingJob | null> =>
  work.manager.findOne(TrainingJob, { where: { id }, lock: { mode: "pessimistic_write" } });

/**
 * Ends a locked job: status, usage, checkpoint and news are one transaction. The epochs that were trained are metered
 * however it ends, on whoever started it; a job that never began an epoch costs nothing.
 */
export async function endJob(
  work: UnitOfWork,
  metering: MeteringService,
  job: TrainingJob,
  ending: Ending,
): Promise<TrainingJob> {
  if (isFinal(job.status) || !lifecycle[job.status].includes(ending.status))
    throw new Error(`A training can't go from ${job.status} to ${ending.status}.`);
  const { id, trainedMs: quantity, createdBy: actor } = job;
  const change = { ...ending, finishedAt: clock.now() };
  await work.manager.update(TrainingJob, { id }, change);
  await dropCheckpoint(work, id);
  await metering.consumeAll(work, Meter.TRAINING_MS, [{ quantity, subject: id, actor }]);
  work.notify("training", { job: id });
  return Object.assign(job, change);
}

export const dropCheckpoint = (work: UnitOfWork, id: string): Promise<unknown> =>
  work.query("delete from training_checkpoint where job_id = $1", [id]);
