import type { NumberSummary } from "./moments.js";

/** What the cells of a column are; see `kindOf` for the rules. */
export const ColumnKind = {
  NUMBER: "NUMBER",
  BOOLEAN: "BOOLEAN",
  CATEGORY: "CATEGORY",
  TEXT: "TEXT",
  EMPTY: "EMPTY",
} as const;
export type ColumnKind = keyof typeof ColumnKind;

export interface CategoryCount {
  value: string;
  count: number;
}

/** What is known of one column after a pass over all rows; the numbers are null unless `kind` is NUMBER. */
export interface ColumnProfile extends NumberSummary {
  name: string;
  kind: ColumnKind;
  /** Cells without a value. */
  missing: number;
  /**
   * Different values, exact; numbers compare by value. Null beyond 1,000 of them, with values over 256 characters, or
   * when the table's distinct values together outgrow `DistinctBudget` (only very wide tables of long texts do).
   */
  distinct: number | null;
  /** Whether there were too many values to count, so that `distinct` is null. */
  distinctExceeded: boolean;
  /** A column of numbers that are all whole. */
  integer: boolean;
  /**
   * The most frequent values, at most 50, by descending count, then in the order of first appearance. For CATEGORY and
   * BOOLEAN, and for whole numbers with at most 50 values, because those can be classes too; else empty.
   */
  categories: CategoryCount[];
  /** The first three different values, each cut at 128 characters. */
  examples: string[];
}

export interface TableProfile {
  rowCount: number;
  columns: ColumnProfile[];
}

export const mostCategories = 50;

/** What `kindOf` decides by; counts are of cells with a value. */
export interface KindEvidence {
  count: number;
  /** null: more than 1,000, or too long to be categories. */
  distinct: number | null;
  allNumbers: boolean;
  allBooleans: boolean;
}

/**
 * The kind of a column. NUMBER or BOOLEAN when every value is one; 0 and 1 are numbers. CATEGORY when values repeat:
 * a single value; up to 50 values that fill at most three quarters of the rows (3 classes in 5 rows do, 5 names
 * in 5 rows don't); up to 1,000 values that each appear more than twice on average. Everything else is TEXT.
 */
export function kindOf({ count, distinct, allNumbers, allBooleans }: KindEvidence): ColumnKind {
  if (count === 0) return ColumnKind.EMPTY;
  if (allNumbers) return ColumnKind.NUMBER;
  if (allBooleans) return ColumnKind.BOOLEAN;
  if (distinct === null) return ColumnKind.TEXT;
  const few = distinct === 1 || (distinct <= mostCategories && distinct <= count * 0.75);
  return few || distinct < count / 2 ? ColumnKind.CATEGORY : ColumnKind.TEXT;
}
