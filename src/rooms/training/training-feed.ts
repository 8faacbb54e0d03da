import { NotFound } from "../../kernel/errors.js";
import { ProgressFeed } from "../../kernel/jobs/index.js";
import {
  isFinal,
  progressOf,
  TrainingJob,
  TrainingJobStatus,
  type TrainingProgress,
} from "./training-job.entity.js";

type Epoch = Omit<TrainingProgress, "status">;

/** The feed of trainings, whose news are epochs. */
export const trainingFeed = ProgressFeed.finder<TrainingProgress, Epoch>({
  topic: "training",
  async read({ tenant }, id) {
    const job = await tenant.read((manager) => manager.findOneBy(TrainingJob, { id }));
    if (job) return progressOf(job);
    throw new NotFound("There is no such training job.");
  },
  // An epoch that the row already told, whose notification came later, would take the watcher back.
  next: (last, epoch) => (epoch.epoch > last.epoch ? { ...epoch, status: TrainingJobStatus.RUNNING } : null),
  isLast: ({ status }) => isFinal(status),
});
