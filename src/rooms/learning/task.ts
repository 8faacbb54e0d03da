import type { ImageSize } from "../../kernel/images/index.js";
import type { ColumnKind, Row } from "./cell.js";
import type { SeriesChoice } from "./series/settings.js";
import type { ModelType } from "./model-types.js";

/** A column to learn from; of an image its size as the network sees it. */
export type FeatureChoice =
  | { column: string; kind: ColumnKind }
  | { column: string; kind: "IMAGE"; size: ImageSize };

/** What is to be learnt: a column to predict and the columns to predict it from. */
export interface LearningTask {
  type: ModelType;
  /** Null where clusters are looked for, which no column names. */
  target: string | null;
  features: FeatureChoice[];
  /** Of a TIME_SERIES alone: what is not chosen here is chosen to suit. */
  series?: SeriesChoice;
}

export interface Table {
  columns: readonly string[];
  rows: readonly Row[];
  /** Of a series: so many rows at the beginning are there to be read, and not to be forecast. */
  history?: number;
}
