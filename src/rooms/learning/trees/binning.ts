import type { Points } from "../clusters/points.js";
import { leastGap } from "./network.js";

/** Borders of a column at the most: their number and one fit into a byte, and more hardly find better splits. */
const mostBorders = 64;

/**
 * Where between two neighbouring values a border stands. Not in the middle, which is where a median of an even number
 * of rows and a value between two grid points lie: nothing that will ever be asked should be on a border.
 */
const between = 0.47;

/** A column by which rows can be told apart. */
export interface BinnedColumn {
  /** Its place among all that the network reads. */
  column: number;
  /** Ascending; strictly between values of the training rows. */
  borders: readonly number[];
  /** Of each row: how many borders its value is above. */
  bins: Uint8Array;
}

function valuesOf({ values, rows, width }: Points, column: number): Float32Array {
  const all = new Float32Array(rows);
  for (let row = 0; row < rows; row++) all[row] = values[row * width + column] ?? 0;
  return all;
}

/** A number in single precision between two others; null where they are too near for the network to tell them apart. */
function borderOf(below: number, above: number): number | null {
  const border = Math.fround(below + (above - below) * between);
  return Math.min(border - below, above - border) >= leastGap ? border : null;
}

/** Each border has about as many rows between it and the next, so that no value asks for more than its share. */
function bordersOf(sorted: Float32Array): number[] {
  const steps = Array.from(sorted.keys()).filter((at) => at > 0 && sorted[at] !== sorted[at - 1]);
  const places =
    steps.length <= mostBorders
      ? steps
      : Array.from({ length: mostBorders }, (_, at) => {
          const row = ((at + 1) * sorted.length) / (mostBorders + 1);
          return steps[firstFrom(steps, row)] ?? 0;
        });
  const borders = [...new Set(places)].map((at) => borderOf(sorted[at - 1] ?? 0, sorted[at] ?? 0));
  return borders.filter((border) => border !== null);
}

/** Place of the first of ascending numbers that is not below `least`. */
function firstFrom(ascending: ArrayLike<number>, least: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] ?? 0) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

function binned(points: Points, column: number): BinnedColumn {
  const values = valuesOf(points, column);
  const borders = bordersOf(values.toSorted());
  return { column, borders, bins: Uint8Array.from(values, (value) => firstFrom(borders, value)) };
}

/** The columns that have a border at all. */
export const binColumns = (points: Points): BinnedColumn[] =>
  Array.from({ length: points.width }, (_, column) => binned(points, column)).filter(
    ({ borders }) => borders.length > 0,
  );
