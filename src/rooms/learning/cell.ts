/** A value as read from a data file; `null` where the file says nothing. */
export type Cell = string | null;
export type Row = readonly Cell[];
/** What a prediction request may hold for one column. */
export type JsonCell = string | number | boolean | null;
export type JsonRow = Readonly<Record<string, JsonCell>>;

export const columnKinds = ["NUMBER", "BOOLEAN", "CATEGORY", "TEXT"] as const;
export type ColumnKind = (typeof columnKinds)[number];

/**
 * Texts that stand for "no value", in lower case. "none" is not among them: it is a common, meaningful category,
 * and as a class of the target its rows would be dropped in silence.
 */
export const missingMarkers: ReadonlySet<string> = new Set(["", "na", "n/a", "nan", "null", "?"]);

/** True where a cell holds no value. Training and prediction both ask here, so they can't disagree. */
export function isMissing(cell: Cell | undefined): cell is null | undefined {
  if (cell === null || cell === undefined) return true;
  // No marker is longer than four characters, so ordinary cells are not copied into lower case.
  return cell.length < 16 && missingMarkers.has(cell.trim().toLowerCase());
}

/** The cell a JSON value would have been in a data file. */
export const cellOf = (value: JsonCell | undefined): Cell => {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : String(value);
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Squares of larger values overflow in the variance. */
const largestNumber = 1e100;

/** A decimal number, or `null` for a missing cell and for anything that is not one ("12 kg", "Infinity"). */
export function numberOf(cell: Cell | undefined): number | null {
  if (isMissing(cell)) return null;
  const text = (cell ?? "").trim();
  if (!decimal.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= largestNumber ? value : null;
}

const truths = new Map([
  ...["true", "t", "yes", "y", "1"].map((text) => [text, 1] as const),
  ...["false", "f", "no", "n", "0"].map((text) => [text, 0] as const),
]);

/** 1, 0, or `null` for a missing cell and for anything that is neither. */
export function booleanOf(cell: Cell | undefined): 0 | 1 | null {
  if (isMissing(cell)) return null;
  return truths.get((cell ?? "").trim().toLowerCase()) ?? null;
}

/** The trimmed text, or `null` for a missing cell. */
export const categoryOf = (cell: Cell | undefined): string | null =>
  isMissing(cell) ? null : (cell ?? "").trim();
