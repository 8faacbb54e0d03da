import { NotFound } from "../../kernel/errors.js";
import { ProgressFeed } from "../../kernel/jobs/index.js";
import { isFinal, TrainingJobStatus } from "../training/index.js";
import type { AutomlProgress } from "./automl-progress.type.js";
import { AutomlRun, progressOf } from "./automl-run.entity.js";

/** The feed of searches, whose news are leaderboards. */
export const automlFeed = ProgressFeed.finder<AutomlProgress, Omit<AutomlProgress, "status">>({
  topic: "automl",
  async read({ tenant }, id) {
    const run = await tenant.read((manager) => manager.findOneBy(AutomlRun, { id }));
    if (run) return progressOf(run);
    throw new NotFound("There is no such search.");
  },
  // What the row already told, and whose notification came later, would take the watcher back.
  next: (last, news) =>
    news.elapsedMs > last.elapsedMs ? { ...news, status: TrainingJobStatus.RUNNING } : null,
  isLast: ({ status }) => isFinal(status),
});
