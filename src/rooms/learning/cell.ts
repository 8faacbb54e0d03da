import * as cells from "../../kernel/cell.js";

export { isMissing } from "../../kernel/cell.js";

/** A value as read from a data file; `null` where the file says nothing. */
export type Cell = string | null;
export type Row = readonly Cell[];
/** What a prediction request may hold for one column. */
export type JsonCell = string | number | boolean | null;
export type JsonRow = Readonly<Record<string, JsonCell>>;

export const columnKinds = ["NUMBER", "BOOLEAN", "CATEGORY", "TEXT"] as const;
export type ColumnKind = (typeof columnKinds)[number];
/** What a model can take an input for: a column of a table, or the pixels of an image. */
export type FeatureKind = ColumnKind | "IMAGE";

/** The cell a JSON value would have been in a data file. */
export const cellOf = (value: JsonCell | undefined): Cell => {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : String(value);
};

/** Squares of larger values overflow in the variance. */
const largestNumber = 1e100;

/** Whether a number is none of those that are taken for missing. */
export const isInRange = (value: number): boolean => Math.abs(value) <= largestNumber;

/** A decimal number, or `null` for a missing cell and for anything that is not one ("12 kg", "Infinity"). */
export function numberOf(cell: Cell | undefined): number | null {
  const value = cells.parseNumber(cell ?? "");
  return value !== null && isInRange(value) ? value : null;
}

/** 1, 0, or `null` for a missing cell and for anything that is neither. */
export function booleanOf(cell: Cell | undefined): 0 | 1 | null {
  const truth = cells.truthOf(cell ?? "");
  return truth === null ? null : truth ? 1 : 0;
}

/** The trimmed text, or `null` for a missing cell. */
export const categoryOf = (cell: Cell | undefined): string | null =>
  cells.isMissing(cell) ? null : cells.categoryOf(cell ?? "");
