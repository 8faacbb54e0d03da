import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { untilServed } from "../tenancy/index.js";
import { lockJob } from "./job-end.js";
import type { TrainingEvent } from "./training.events.js";
import { TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

/**
 * Puts a training off until its tenant is served again: QUEUED, with checkpoint and progress kept, and the time
 * trained so far on the row, to be metered once, at the end. Always throws, as `untilServed`.
 */
export const postpone = (scope: TenantScope, id: string, served: AbortSignal): Promise<never> =>
  untilServed(served, () =>
    scope.write("training.run", async (work) => {
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
    }),
  );
