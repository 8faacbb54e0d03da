/** What a file may hold at most. */
export interface ReadLimits {
  /** Bytes of the whole file, as received. */
  bytes: number;
  /** Data rows; the header line is not one. */
  rows: number;
  columns: number;
  /** Rows times columns, where a row may leave cells out: three bytes of JSON Lines are as many as there are columns. */
  cells: number;
  /** Length of one cell in UTF-16 code units, the unit of JavaScript's `length`. */
  cellLength: number;
  /** Length of one column name in UTF-16 code units. */
  nameLength: number;
  /** Bytes of one row in UTF-8. Bounds the memory that text without line breaks or with an open quote takes. */
  rowBytes: number;
}

export const defaultLimits: Readonly<ReadLimits> = {
  bytes: 256 * 1024 * 1024,
  rows: 2_000_000,
  columns: 2_000,
  cells: 50_000_000,
  cellLength: 64 * 1024,
  nameLength: 128,
  rowBytes: 1024 * 1024,
};

export { inBytes, inFull } from "../../../kernel/words.js";
