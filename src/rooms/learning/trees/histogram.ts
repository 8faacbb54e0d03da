import type { BinnedColumn } from "./binning.js";
import type { Pause } from "./pause.js";

/** What a tree is grown on: the rows that were drawn for it, and how their scores should change. */
export interface Slopes {
  rows: Int32Array;
  /** Scores of a row. */
  scores: number;
  /** As of an `Objective`, and so are the derivatives: [all rows, scores] */
  mostStep: number;
  first: Float64Array;
  second: Float64Array;
}

/** A question, and what a tree gains by it. */
export interface Split {
  column: BinnedColumn;
  /** Place of the border. */
  border: number;
  gain: number;
}

/** Sums over the rows of each leaf and bin, both derivatives beside each other: [leaves, bins, scores, 2] */
function sumUp(
  { bins, borders }: BinnedColumn,
  slopes: Slopes,
  leaves: Uint8Array,
  sums: Float64Array,
): void {
  const { rows, scores, first, second } = slopes;
  const width = borders.length + 1;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    let to = ((leaves[row] ?? 0) * width + (bins[row] ?? 0)) * scores * 2;
    const from = row * scores;
    for (let at = from; at < from + scores; at++) {
      sums[to] = (sums[to] ?? 0) + (first[at] ?? 0);
      sums[to + 1] = (sums[to + 1] ?? 0) + (second[at] ?? 0);
      to += 2;
    }
  }
}

/** What a leaf's value is held by. */
export interface Held {
  /** Added to the second derivatives of each leaf, so that few rows move it little. */
  l2: number;
  mostStep: number;
}

/** By how much the loss falls where scores may change by one value: half of it, to be exact (Chen and Guestrin 2016, eq. 6). */
function worth(first: number, second: number, { l2, mostStep }: Held): number {
  const curve = second + l2 + leastSecond;
  const slope = Math.abs(first);
  // Where the best step is longer than any may be, the loss falls by what the longest one gains.
  return slope > mostStep * curve ? mostStep * (2 * slope - mostStep * curve) : (first * first) / curve;
}

/** Rows that are foretold with certainty have no second derivative. */
const leastSecond = 1e-9;

/** The value that makes the loss of some rows least, by its first two derivatives. */
export const stepOf = (first: number, second: number, { l2, mostStep }: Held): number =>
  Math.max(-mostStep, Math.min(mostStep, first / (second + l2 + leastSecond)));

/** Adds to `worths`, border by border, what one leaf and one score are worth when they are divided there. */
function addWorths(sums: Float64Array, from: number, stride: number, held: Held, worths: Float64Array): void {
  let [first, second] = [0, 0];
  for (let bin = 0; bin <= worths.length; bin++) {
    first += sums[from + bin * stride] ?? 0;
    second += sums[from + bin * stride + 1] ?? 0;
  }
  // A leaf without rows is worth nothing wherever it is divided.
  if (first === 0 && second === 0) return;
  let [below, belowSecond] = [0, 0];
  for (let border = 0; border < worths.length; border++) {
    below += sums[from + border * stride] ?? 0;
    belowSecond += sums[from + border * stride + 1] ?? 0;
    const both =
      worth(below, belowSecond, held) + worth(first - below, Math.max(0, second - belowSecond), held);
    worths[border] = (worths[border] ?? 0) + both;
  }
}

/** How rows are told apart so far. */
interface Grown {
  leaves: Uint8Array;
  levels: number;
}

/** How questions are compared. */
export interface Asking {
  /** Added to the second derivatives of each leaf, so that few rows move it little. */
  l2: number;
  /** Places of those of so many borders that are compared for a question. */
  places: (borders: number) => Iterable<number>;
  pause: Pause;
}

/** The question that is worth most over all leaves together; null where there is none. The first of equals wins. */
export async function bestSplit(
  columns: readonly BinnedColumn[],
  slopes: Slopes,
  { leaves, levels }: Grown,
  { l2, places, pause }: Asking,
): Promise<Split | null> {
  let best: Split | null = null;
  const { scores, mostStep } = slopes;
  const held = { l2, mostStep };
  const most = columns.reduce((least, { borders }) => Math.max(least, borders.length), 0);
  const room = new Float64Array(2 ** levels * (most + 1) * scores * 2);
  for (const column of columns) {
    if (pause.isDue) await pause.take();
    const width = column.borders.length + 1;
    const sums = room.subarray(0, 2 ** levels * width * scores * 2).fill(0);
    sumUp(column, slopes, leaves, sums);
    const worths = new Float64Array(column.borders.length);
    for (let leaf = 0; leaf < 2 ** levels; leaf++)
      for (let score = 0; score < scores; score++)
        addWorths(sums, (leaf * width * scores + score) * 2, scores * 2, held, worths);
    for (const border of places(worths.length)) {
      const gain = worths[border] ?? 0;
      if (gain > (best?.gain ?? 0)) best = { column, border, gain };
    }
  }
  return best;
}
