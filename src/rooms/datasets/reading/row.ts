/**
 * One cell for every column, in the file's order; null where the value is missing (see `isMissing`). Of a table whose
 * columns grow, cells that are not there are missing.
 */
export type Row = (string | null)[];

/** A table being read. Take its rows once and to the end, leave the loop over them, or close it. */
export interface Table {
  /** Grows while the rows of JSON Lines are taken for the first time; see `ReadOptions.knownColumns`. */
  columns: string[];
  /** Some hundred rows at a time: a step for every row would cost more than parsing it. Never an empty batch. */
  batches: AsyncIterable<Row[]>;
  /** Closes the source; for who looks at the columns and wants no rows. */
  close(): Promise<void>;
}
