import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import type { Progress } from "../learning/index.js";
import type { TrainingJob } from "./training-job.entity.js";

const contextOf = (jobId: string): string => `training_checkpoint:${jobId}`;

/** Where an interrupted run goes on; null for one that begins. */
export async function readCheckpoint(scope: TenantScope, jobId: string): Promise<Uint8Array | null> {
  const [row] = await scope.query<{ bytes: Buffer }>(
    "select bytes from training_checkpoint where job_id = $1",
    [jobId],
  );
  return row ? scope.open(row.bytes, contextOf(jobId)) : null;
}

/** The part of a progress that callers see. */
const shownOf = ({ epoch, epochs, loss, accuracy, valLoss, valAccuracy, etaMs }: Progress) =>
  ({ epoch, epochs, loss, accuracy, valLoss, valAccuracy, etaMs }) satisfies TrainingJob["progress"];

/** The epoch as it is now, and as the newest point of the curve: one statement, since every epoch waits for it. */
const storing = `with job as (
    update training_job set progress = $2, trained_ms = trained_ms + $3
    where id = $1 and status = 'RUNNING' and coalesce((progress ->> 'epoch')::int, 0) < $4 returning id
  ) insert into training_epoch (id, job_id, epoch, loss, accuracy, val_loss, val_accuracy, duration_ms)
  select id || ':' || $4::int, id, $4, $5, $6, $7, $8, round($3) from job returning job_id`;

const measuresOf = ({ loss, accuracy, valLoss, valAccuracy }: Progress) =>
  [loss, accuracy, valLoss, valAccuracy] as const;

/**
 * Stores an epoch: what callers see, the time to be metered, and the checkpoint where there is one. An epoch that was
 * stored before an interruption is trained again after it, and neither shown nor metered twice.
 */
export async function recordEpoch(
  scope: TenantScope,
  id: string,
  progress: Progress,
  checkpoint: Uint8Array | null,
): Promise<void> {
  const shown = shownOf(progress);
  await scope.write("training.run", async (work) => {
    const stored = await work.query(storing, [
      id,
      JSON.stringify(shown),
      progress.epochMs,
      progress.epoch,
      ...measuresOf(progress),
    ]);
    if (checkpoint) await storeCheckpoint(work, id, progress.epoch, scope.seal(checkpoint, contextOf(id)));
    if (stored.length > 0) work.notify("training", { job: id, progress: shown });
  });
}

/** The row lock keeps a worker that lags behind a cancellation from leaving a checkpoint behind. */
async function storeCheckpoint(work: UnitOfWork, id: string, epoch: number, sealed: Buffer): Promise<void> {
  await work.query(
    `insert into training_checkpoint as kept (job_id, epoch, bytes)
     select id, $2, $3 from (select id from training_job where id = $1 and status = 'RUNNING' for update) as job
     on conflict (job_id) do update set epoch = excluded.epoch, bytes = excluded.bytes
     where kept.epoch < excluded.epoch`,
    [id, epoch, sealed],
  );
}
