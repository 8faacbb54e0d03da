import { type Cell, isMissing, numberOf, type Row } from "../cell.js";

/** The columns of a series as numbers, row by row, the series itself first in each. */
export interface SeriesValues {
  rows: number;
  width: number;
  /** [rows, width]; NaN before the first value of a column. A missing value is the last one before it. */
  numbers: Float64Array;
  /** 1 where the series itself has a value in the row. */
  known: Uint8Array;
}

/** Called for a cell that has a value and is no number. */
type OnText = (row: number, column: string, cell: Cell) => never;

/** Only what comes before fills a gap: anything else would tell a window of its future. */
export function readValues(
  columns: readonly string[],
  rows: readonly Row[],
  read: readonly string[],
  onText: OnText,
): SeriesValues {
  const places = read.map((column) => columns.indexOf(column));
  const width = read.length;
  const numbers = new Float64Array(rows.length * width).fill(Number.NaN);
  const known = new Uint8Array(rows.length);
  rows.forEach((row, at) => {
    places.forEach((place, channel) => {
      const cell = row[place] ?? null;
      const value = numberOf(cell);
      if (value === null && !isMissing(cell)) onText(at, read[channel] ?? "", cell);
      if (channel === 0 && value !== null) known[at] = 1;
      const before = at > 0 ? (numbers[(at - 1) * width + channel] ?? Number.NaN) : Number.NaN;
      numbers[at * width + channel] = value ?? before;
    });
  });
  return { rows: rows.length, width, numbers, known };
}

/** The series itself, without its further columns. */
export const ownValues = ({ rows, width, numbers }: SeriesValues): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => numbers[row * width] ?? Number.NaN);

export interface Spans {
  window: number;
  horizon: number;
  /** No forecast begins in the rows before this one; they may be read. */
  history: number;
}

/**
 * The rows at which a forecast begins: `window` rows before it are full, and the values of the `horizon` rows from it on
 * are all known. Ascending.
 */
export function originsOf(
  { rows, width, numbers, known }: SeriesValues,
  { window, horizon, history }: Spans,
): number[] {
  const isFull = (row: number): boolean =>
    numbers.subarray(row * width, (row + 1) * width).every((value) => !Number.isNaN(value));
  let full = 0;
  while (full < rows && !isFull(full)) full++;
  const origins: number[] = [];
  for (let origin = Math.max(full + window, history); origin + horizon <= rows; origin++)
    if (known.subarray(origin, origin + horizon).every((flag) => flag === 1)) origins.push(origin);
  return origins;
}

/** What is known when a forecast begins at `origin`: [window, width]. */
export const windowBefore = (
  { width, numbers }: SeriesValues,
  origin: number,
  window: number,
): Float64Array => numbers.subarray((origin - window) * width, origin * width);

/** What the forecast is to say. */
export const truthFrom = (values: SeriesValues, origin: number, horizon: number): Float64Array =>
  Float64Array.from(
    { length: horizon },
    (_, step) => values.numbers[(origin + step) * values.width] ?? Number.NaN,
  );
