import type { EpochMeasures } from "./checkpoint.js";
import type { Fold } from "./search/folds.js";
import type { SplitPlan } from "./splitting/plan.js";
import type { LearningTask } from "./task.js";

/** A trained version that a training goes on from: its preprocessing and layers stay, its weights go on learning. */
export interface Base {
  artefact: Uint8Array;
  /** Only so many of the last layers learn, the output layer among them; null is all. */
  trainableLayers: number | null;
}

/** What a training is given besides its rows. Left out, architecture and hyperparameters are chosen to suit. */
export interface LearningPlan {
  task: LearningTask;
  architecture?: unknown;
  hyperparameters?: unknown;
  seed: number;
  /** How rows are held out for the metrics; every fourth one unless said otherwise. */
  split?: SplitPlan | null;
  /** The trained version to go on from, instead of fresh weights. */
  base?: Base | null;
  /** Measured on this part of the training rows instead of the test rows, which then are not touched at all. */
  fold?: Fold;
}

/** A training that only is to be scored, after `until` epochs; its checkpoint goes on to later ones. */
export interface ScoringPlan extends LearningPlan {
  fold: Fold;
  until: number;
}

/** What is asked of the rows before a search trains on any; nothing is trained. */
export interface SurveyPlan extends Pick<LearningPlan, "task" | "seed" | "split"> {
  folds: readonly Fold[];
}

export interface Progress extends EpochMeasures {
  /** Epochs done and at most to do. */
  epoch: number;
  epochs: number;
  /** Expected time to the last epoch, in milliseconds. */
  etaMs: number;
  /** Time that this epoch took, in milliseconds; waiting for a process or a database is not in it. */
  epochMs: number;
}
