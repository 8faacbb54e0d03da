import { clock } from "../../kernel/clock.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Meter, type MeteringService } from "../metering/index.js";
import { isFinal, lifecycle } from "../training/index.js";
import { AutomlRun } from "./automl-run.entity.js";

type Ending = Pick<AutomlRun, "status"> & Partial<Pick<AutomlRun, "versionId" | "failure">>;

/** The run, locked until the unit of work ends. */
export const lockRun = (work: UnitOfWork, id: string): Promise<AutomlRun | null> =>
  work.manager.findOne(AutomlRun, { where: { id }, lock: { mode: "pessimistic_write" } });

/** Ends a locked run: status, usage of all its trials, checkpoints and news are one transaction. */
export async function endRun(
  work: UnitOfWork,
  metering: MeteringService,
  run: AutomlRun,
  ending: Ending,
): Promise<AutomlRun> {
  if (isFinal(run.status) || !lifecycle[run.status].includes(ending.status))
    throw new Error(`A search can't go from ${run.status} to ${ending.status}.`);
  const { id, trainedMs: quantity, createdBy: actor } = run;
  const change = { ...ending, current: null, finishedAt: clock.now() };
  await work.manager.update(AutomlRun, { id }, change);
  await work.query(
    "delete from automl_checkpoint where trial_id in (select id from automl_trial where run_id = $1)",
    [id],
  );
  await metering.consumeAll(work, Meter.TRAINING_MS, [{ quantity, subject: id, actor }]);
  work.notify("automl", { job: id });
  return Object.assign(run, change);
}
