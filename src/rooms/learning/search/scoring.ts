import type { Measures } from "../evaluation/index.js";

/** What a training so far is worth on the rows of its fold. */
export interface FoldScore {
  measures: Measures;
  /** Rows that it was measured on. */
  rows: number;
  /** Parameters of the network. */
  parameters: number;
  checkpoint: Uint8Array;
}
