import type { Row } from "./cell.js";
import type { PlainError } from "./errors.js";
import type { LearningResult } from "./learning.js";
import type { LearningPlan, Progress, ScoringPlan, SurveyPlan } from "./plan.js";
import type { FoldScore } from "./search/scoring.js";
import type { Survey } from "./search/survey.js";

/** What comes of a plan: of one to learn a version, of one to be scored its measures, of a survey the folds. */
export type JobResult = LearningResult | FoldScore | Survey;

/** What the pool tells a training process: a plan, its rows in pieces, then the order to run. */
export type ToTrainer =
  | {
      type: "plan";
      plan: LearningPlan | ScoringPlan | SurveyPlan;
      columns: string[];
      checkpoint: Uint8Array | null;
      limits: TrainerLimits;
    }
  | { type: "rows"; rows: Row[] }
  | { type: "run" }
  /** The epoch reported last has been dealt with. */
  | { type: "acknowledged" };

export interface TrainerLimits {
  /** Resident memory beyond which the process gives up, in bytes. */
  memoryBytes: number;
  /** Every so many epochs a checkpoint is sent along; 0 for never. */
  checkpointEvery: number;
  /** Largest part of the time that checkpoints may take, 0 to 1; small ones are always made. */
  checkpointShare: number;
}

/** What a training process tells the pool. */
export type FromTrainer =
  | { type: "ready" }
  | { type: "epoch"; progress: Progress; checkpoint: Uint8Array | null }
  | { type: "done"; result: JobResult; heapBytes: number }
  | { type: "failed"; error: PlainError };
