import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { TenantSuspended } from "../../kernel/errors.js";
import { JobPostponed } from "../../kernel/jobs/index.js";
import { lockJob } from "./job-end.js";
import type { TrainingEvent } from "./training.events.js";
import { TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

/** The resumption itself wakes the job, in its own transaction; this is for a tenant that was resumed by hand in SQL. */
export const lookAgainSeconds = 3_600;

/**
 * Puts a training off until its tenant is served again: QUEUED, with checkpoint and progress kept, and the time
 * trained so far on the row, to be metered once, at the end. Always throws: JobPostponed, or the error for which
 * nobody could tell whether the tenant is served, which has the job tried again soon.
 */
export async function postpone(scope: TenantScope, id: string, served: AbortSignal): Promise<never> {
  if (!(served.reason instanceof TenantSuspended)) throw served.reason;
  await scope.write("training.run", async (work) => {
    const job = await lockJob(work, id);
    if (job?.status !== TrainingJobStatus.RUNNING) return;
    // How long it takes from here depends on when the tenant is resumed.
    const progress = job.progress && { ...job.progress, etaMs: null };
    await work.manager.update(TrainingJob, { id }, { status: TrainingJobStatus.QUEUED, progress });
    work.emit<TrainingEvent>({
      type: "training.paused",
      subject: id,
      after: { epoch: progress?.epoch ?? 0 },
    });
    work.notify("training", { job: id });
  });
  throw new JobPostponed(lookAgainSeconds, "The tenant is not served at present.");
}
