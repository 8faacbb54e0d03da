import type { PlainError } from "./errors.js";
import type { Evaluated } from "./explanation/index.js";
import type { Reading } from "./prediction.js";
import type { Engine } from "./predictor-network.js";

/** Coalitions of the parts of a row (JSON text); see `Evaluate`. */
export interface CoalitionsOfRow {
  row: string;
  coalitions: Uint8Array;
  output: number | null;
}

/** What the pool asks of a thread; every message but `evict` is answered once, under its `id`. */
export type ToPredictor =
  /** `requests` is the JSON text of a list of requests, each a list of rows: quicker to pass on than objects. */
  | { type: "predict"; id: number; key: string; requests: string }
  | ({ type: "evaluate"; id: number; key: string } & CoalitionsOfRow)
  | { type: "load"; id: number; key: string; artefact: Uint8Array }
  | { type: "evict"; key: string };

/** One request's outputs, or why it alone is refused. */
export type RequestOutcome = { outputs: Float64Array } | { error: PlainError };

export type FromPredictor =
  | {
      type: "predicted";
      id: number;
      reading: Reading;
      outcomes: RequestOutcome[];
      engine: Engine;
      heapBytes: number;
    }
  | ({ type: "evaluated"; id: number; heapBytes: number } & Evaluated)
  /** The model is not loaded, or no longer. */
  | { type: "absent"; id: number }
  | { type: "loaded"; id: number; engine: Engine }
  | { type: "failed"; id: number; error: PlainError };
