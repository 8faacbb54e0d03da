import type { Architecture } from "./architecture/index.js";
import type { EpochMeasures } from "./checkpoint.js";
import type { Evaluation } from "./evaluation/index.js";
import type { Metrics } from "./metrics.js";
import type { Predictor } from "./predictor.js";
import type { Table } from "./preprocessing.js";
import type { Target } from "./target.js";

/** What came of learning: a network, and what its outputs mean where only learning found that out. */
export interface Learnt {
  architecture: Architecture;
  /** In the order of `weightShapes`. */
  weights: Float32Array;
  target?: Target;
}

/** Something that learns epoch by epoch: gradient descent, or a search for clusters. */
export interface Learner {
  /** One entry for each epoch done. */
  readonly history: EpochMeasures[];
  /** How many there are at most, by what is known so far. */
  readonly epochs: number;
  readonly finished: boolean;
  /** The epoch whose weights count, from 1. */
  readonly bestEpoch: number;
  readonly learnt: Learnt;
  epoch(): Promise<EpochMeasures>;
  /** The exact state after the last epoch, from which another process goes on to the same weights. */
  checkpoint(): Promise<Uint8Array>;
  dispose(): void;
}

/** Rows for the metrics, with their places in the dataset. */
export interface HeldOut extends Table {
  places: readonly number[];
}

export interface Measured {
  metrics: Metrics;
  evaluation: Evaluation;
  /** What was said of each held-out row, by `packOutcomes`; null where no row says what is right. */
  outcomes: Uint8Array | null;
}

/** A learner, and how what it learnt is measured on the artefact itself as it will be served. */
export interface Started {
  learner: Learner;
  measure: (predictor: Predictor, test: HeldOut, seed: number) => Promise<Measured>;
}
