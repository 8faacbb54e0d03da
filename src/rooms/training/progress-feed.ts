import type { TenantContext } from "../../kernel/context.js";
import type { Notification } from "../../kernel/database/notifications.js";
import { NotFound } from "../../kernel/errors.js";
import {
  isFinal,
  progressOf,
  TrainingJob,
  TrainingJobStatus,
  type TrainingProgress,
} from "./training-job.entity.js";

/**
 * The job's progress now, then what each commit says of it, until it has ended. An epoch travels inside its
 * notification, so that thousands of watchers cost no query; a change of status is read from the row.
 */
export async function* followTraining(
  context: TenantContext,
  jobId: string,
): AsyncGenerator<TrainingProgress> {
  const { notifications, tenant } = context;
  const news: Notification[] = [];
  let wake = (): void => {};
  const hear = (notification: Notification): void => {
    if (notification.tenant !== tenant.id || notification.job !== jobId) return;
    news.push(notification);
    wake();
  };
  // Heard before the row is read, so that nothing falls between the two.
  const silence = notifications.on("training", hear);
  try {
    let progress = await currentProgress(context, jobId);
    yield progress;
    while (!isFinal(progress.status)) {
      while (news.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      // A watcher slower than the training is told the newest, not everything it missed.
      const latest = news.splice(0).at(-1)?.progress as Omit<TrainingProgress, "status"> | undefined;
      progress = latest
        ? { ...latest, status: TrainingJobStatus.RUNNING }
        : await currentProgress(context, jobId);
      yield progress;
    }
  } finally {
    silence();
  }
}

async function currentProgress({ tenant }: TenantContext, id: string): Promise<TrainingProgress> {
  const job = await tenant.read((manager) => manager.findOneBy(TrainingJob, { id }));
  if (job) return progressOf(job);
  throw new NotFound("There is no such training job.");
}
