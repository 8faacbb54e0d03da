import { createHash } from "node:crypto";
import type { Architecture } from "./architecture/index.js";
import type { EpochMeasures } from "./checkpoint.js";
import { kernels } from "./compute/engine.js";
import type { Evaluation } from "./evaluation/index.js";
import type { Metrics } from "./metrics.js";
import type { Parts } from "./parts.js";
import type { Preprocessing } from "./preprocessing.js";
import type { Target } from "./target.js";
import type { Table } from "./task.js";

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

export interface Measured {
  metrics: Metrics;
  evaluation: Evaluation;
  /** What was said of each held-out row, by `packOutcomes`; null where no row says what is right. */
  outcomes: Uint8Array | null;
}

/** A training under way, of whatever it is. */
export interface Started {
  learner: Learner;
  preprocessing: Preprocessing;
  rows: Parts["rows"];
  /** Measures an artefact of what was learnt, as it will be served. */
  measure: (artefact: Uint8Array) => Promise<Measured>;
}

/** Digest of the rows and of all else that the weights depend on: a checkpoint of another one is refused. */
export function fingerprintOf(table: Table, ...parts: unknown[]): string {
  const hash = createHash("sha256").update(JSON.stringify([kernels, table.columns, ...parts]));
  for (const row of table.rows) hash.update(JSON.stringify(row));
  return hash.digest("hex");
}
