import { NotFound } from "../../../kernel/errors.js";
import { ProgressFeed } from "../../../kernel/jobs/index.js";
import {
  BatchPrediction,
  type BatchPredictionProgress,
  isFinal,
  progressOf,
} from "./batch-prediction.entity.js";

/** The feed of batch predictions, whose news are rows stored. */
export const batchFeed = ProgressFeed.finder<BatchPredictionProgress, BatchPredictionProgress>({
  topic: "batchPrediction",
  async read({ tenant }, id) {
    const batch = await tenant.read((manager) => manager.findOneBy(BatchPrediction, { id }));
    if (batch) return progressOf(batch);
    throw new NotFound("There is no such batch prediction.");
  },
  // Rows that the row already told, whose notification came later, would take the watcher back.
  next: (last, news) => (news.rowsDone > last.rowsDone ? news : null),
  isLast: ({ status }) => isFinal(status),
});
