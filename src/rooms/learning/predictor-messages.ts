import type { PlainError } from "./errors.js";
import type { GeneratedTurn, GenerationTurn } from "./generation/turn.js";
import type { Evaluated } from "./explanation/index.js";
import type { Reading } from "./prediction.js";
import type { ValueKind } from "./row-kinds.js";
import type { Engine } from "./predictor-network.js";
import type { SeriesCoding } from "./series/index.js";

/** Coalitions of the parts of a row, whose cells are JSON text; see `Evaluate`. */
export interface CoalitionsOfRow {
  row: string;
  coalitions: Uint8Array;
  output: number | null;
}

/** What the pool asks of a thread; every message but `evict` is answered once, under its `id`. */
export type ToPredictor =
  /**
   * `rows` is the JSON text of a list of rows, each a list of cells in the order of the model's columns: quicker to pass
   * on than objects, and their names are not sent and read over and over.
   */
  | { type: "predict"; id: number; key: string; rows: string }
  | ({ type: "evaluate"; id: number; key: string } & CoalitionsOfRow)
  | { type: "load"; id: number; key: string; artefact: Uint8Array }
  | { type: "generate"; id: number; key: string; turn: GenerationTurn }
  | { type: "evict"; key: string };

/** The columns that a model reads, by their place in a row of cells, and all that its data set has. */
export interface ModelColumns {
  places: ReadonlyMap<string, number>;
  known: ReadonlySet<string>;
  /** Those that must hold a number in every row. */
  needed: readonly string[];
  /** Those of which not every text is a value. */
  kinds: ReadonlyMap<string, ValueKind>;
  /** How a series is read; null for every other model. */
  series: SeriesCoding | null;
  /** Whether it is computed in a process of its own, and keeps nobody's models but itself waiting. */
  apart: boolean;
}

export type FromPredictor =
  | {
      type: "predicted";
      id: number;
      reading: Reading;
      /** As many for each row as for every other. */
      outputs: Float64Array<ArrayBuffer>;
      engine: Engine;
      heapBytes: number;
    }
  | { type: "generated"; id: number; turn: GeneratedTurn; heapBytes: number }
  | ({ type: "evaluated"; id: number; heapBytes: number } & Evaluated)
  /** The model is not loaded, or no longer. */
  | { type: "absent"; id: number }
  /** Without columns where the model goes on with texts. */
  | { type: "loaded"; id: number; engine: Engine; columns: ModelColumns | null }
  | { type: "failed"; id: number; error: PlainError };
