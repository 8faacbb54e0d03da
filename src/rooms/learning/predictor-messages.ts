import type { PlainError } from "./errors.js";
import type { Reading } from "./prediction.js";
import type { Engine } from "./predictor-network.js";

/** What the pool asks of a thread; every message but `evict` is answered once, under its `id`. */
export type ToPredictor =
  /** `requests` is the JSON text of a list of requests, each a `PackedRow[]`: quicker to pass on than objects. */
  | { type: "predict"; id: number; key: string; names: string[][]; requests: string }
  | { type: "load"; id: number; key: string; artefact: Uint8Array }
  | { type: "evict"; key: string };

/** How many of the outputs are one request's, or why it alone is refused. */
export type RequestOutcome = { count: number } | { error: PlainError };

export type FromPredictor =
  | {
      type: "predicted";
      id: number;
      reading: Reading;
      outcomes: RequestOutcome[];
      /** Of all requests one after the other, in memory that is handed over: a list of small ones takes longer to copy. */
      outputs: Float64Array;
      engine: Engine;
      heapBytes: number;
    }
  /** The model is not loaded, or no longer. */
  | { type: "absent"; id: number }
  | { type: "loaded"; id: number; engine: Engine }
  | { type: "failed"; id: number; error: PlainError };
