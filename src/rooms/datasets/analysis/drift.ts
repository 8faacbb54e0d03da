import type { ColumnProfile } from "../reading/index.js";

const bins = 10;
/** Cuts of a column, as parts of its values. */
const told = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * Population stability index: the sum over bins of (b − a) · ln(b / a) for the shares of two samples, each count with
 * half a case added so that an empty bin stays finite. Under 0.1 little has changed, from 0.25 on much
 * (Yurdakul, Statistical Properties of the Population Stability Index, 2018).
 */
export function stabilityIndex(a: readonly number[], b: readonly number[]): number {
  const total = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum + count, 0) + counts.length / 2;
  const [allA, allB] = [total(a), total(b)];
  return a.reduce((sum, count, bin) => {
    const shareA = (count + 0.5) / allA;
    const shareB = ((b[bin] ?? 0) + 0.5) / allB;
    return sum + (shareB - shareA) * Math.log(shareB / shareA);
  }, 0);
}

/** Values at parts of a sorted sample, between neighbours in a line (type 7 of Hyndman and Fan, as NumPy). */
export function quantilesOf(sorted: Float64Array, parts: readonly number[] = told): number[] | null {
  if (sorted.length === 0) return null;
  return parts.map((part) => {
    const place = part * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? low;
    return low + (high - low) * (place - Math.floor(place));
  });
}

/** How many values lie between one cut and the next; a value on a cut belongs below it. */
function binned(sorted: Float64Array, cuts: readonly number[]): number[] {
  const counts = Array<number>(cuts.length + 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < cuts.length && value > (cuts[bin] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Drift of numbers, in tenths of `a`; missing values are not looked at. Null where either has none. */
export function numberDrift(a: Float64Array, b: Float64Array): number | null {
  const parts = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  const cuts = [...new Set(quantilesOf(a, parts) ?? [])];
  return a.length === 0 || b.length === 0 ? null : stabilityIndex(binned(a, cuts), binned(b, cuts));
}

/** Drift of classes: each of them a bin, what lies beyond the 50 counted ones another. Null where classes aren't known. */
export function categoryDrift(
  a: ColumnProfile,
  b: ColumnProfile,
  rowsA: number,
  rowsB: number,
): number | null {
  if (a.categories.length === 0 || b.categories.length === 0) return null;
  const values = [...new Set([...a.categories, ...b.categories].map(({ value }) => value))];
  const counts = ({ categories, missing }: ColumnProfile, rows: number): number[] => {
    const known = new Map(categories.map(({ value, count }) => [value, count]));
    const each = values.map((value) => known.get(value) ?? 0);
    return [...each, Math.max(0, rows - missing - each.reduce((sum, count) => sum + count, 0))];
  };
  return stabilityIndex(counts(a, rowsA), counts(b, rowsB));
}
