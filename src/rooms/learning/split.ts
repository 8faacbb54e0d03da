import { seededRandom, shuffled } from "./random.js";

export const defaultTestFraction = 0.25;

/** Row numbers (from 0) in ascending order; no number is in two parts. */
export interface Split {
  train: number[];
  validation: number[];
  test: number[];
}

export interface SplitOptions {
  /** Part of all rows held out for the metrics, 0 < f < 1. */
  testFraction: number;
  /** Part of the training rows held out for live validation, 0 ≤ f < 1. */
  validationSplit: number;
  seed: number;
}

/** The rows that the default split holds out, whatever the seed: the fairest to ask a model about that never saw any. */
export const heldOutRows = (count: number): number[] =>
  Array.from({ length: Math.floor(count / 4) }, (_, quarter) => quarter * 4 + 3);

const ascending = (a: number, b: number) => a - b;

function holdOut(rows: number[], fraction: number, random: () => number): [kept: number[], held: number[]] {
  const count = Math.round(rows.length * fraction);
  const mixed = shuffled(rows, random);
  return [mixed.slice(count).sort(ascending), mixed.slice(0, count).sort(ascending)];
}

/** How many rows each part of the default split has, without drawing it. */
export function splitSizes(count: number, validationSplit: number): Record<keyof Split, number> {
  const test = Math.floor(count / 4);
  const validation = Math.round((count - test) * validationSplit);
  return { train: count - test - validation, validation, test };
}

/**
 * The default quarter is every fourth row (i % 4 == 3), whatever the seed: the split that published reference scores
 * use, and one that stays put when a model is trained again with another seed. Other fractions are drawn by seed.
 */
export function splitRows(count: number, options: SplitOptions): Split {
  const all = Array.from({ length: count }, (_, row) => row);
  const { testFraction, validationSplit, seed } = options;
  const [rest, test] =
    testFraction === defaultTestFraction
      ? [all.filter((row) => row % 4 !== 3), all.filter((row) => row % 4 === 3)]
      : holdOut(all, testFraction, seededRandom(seed, "test"));
  const [train, validation] =
    validationSplit > 0 ? holdOut(rest, validationSplit, seededRandom(seed, "validation")) : [rest, []];
  return { train, validation, test };
}
