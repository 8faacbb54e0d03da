import { booleanOf, type Cell, type ColumnKind, categoryOf, numberOf } from "./cell.js";
import { fitTerms, fitTokenSequence, isProse, plainText, type TextUnit } from "./encoding/index.js";
import { type Feature, mostCategories } from "./features.js";
import { medianOf, type Normalization, scaleOf } from "./normalization.js";

/** The learnt encoding of a column, or the reason why the column is left out. */
export type Fitted = { feature: Feature } | { reason: string };

const nearlyUnique = { share: 0.5, distinct: 20 };

/** Whether so many different values in so many cells are names or ids, from which nothing general can be learnt. */
export const leavesOutNearlyUnique = (distinct: number, present: number): boolean =>
  distinct > nearlyUnique.distinct && distinct > present * nearlyUnique.share;

const ascending = (a: number, b: number) => a - b;

function fitNumber(
  column: string,
  cells: readonly (Cell | undefined)[],
  { normalization = "STANDARD" }: FitOptions,
): Fitted {
  const present = cells.map(numberOf).filter((value) => value !== null);
  if (present.length === 0) return { reason: "No training row has a number here." };
  const indicator = present.length < cells.length;
  const middle = medianOf(present.sort(ascending));
  // The statistics describe the column as the network sees it, that is after imputation.
  const filled = [...present, ...Array<number>(cells.length - present.length).fill(middle)].sort(ascending);
  const { centre, scale } = scaleOf(filled, normalization);
  const said = normalization === "STANDARD" ? {} : { normalization };
  const learnt = { median: middle, mean: centre, deviation: scale, indicator, ...said };
  return { feature: { kind: "NUMBER", column, ...learnt } };
}

function fitBoolean(column: string, cells: readonly (Cell | undefined)[]): Fitted {
  const present = cells.map(booleanOf).filter((value) => value !== null);
  if (present.length === 0) return { reason: "No training row has a truth value here." };
  const ones = present.filter((value) => value === 1).length;
  const fallback = ones * 2 > present.length ? 1 : 0;
  return { feature: { kind: "BOOLEAN", column, fallback, indicator: present.length < cells.length } };
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function fitCategory(column: string, cells: readonly (Cell | undefined)[]): Fitted {
  const present = cells.map(categoryOf).filter((value) => value !== null);
  const counts = countOf(present);
  if (counts.size === 0) return { reason: "No training row has a value here." };
  if (leavesOutNearlyUnique(counts.size, present.length)) {
    return {
      reason: `Nearly every row has a value of its own (${counts.size} of ${present.length}), as names and ids do.`,
    };
  }
  const byFrequency = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, mostCategories);
  const categories = byFrequency.map(([value]) => value).sort();
  return { feature: { kind: "CATEGORY", column, categories, missing: present.length < cells.length } };
}

/** What a text column may take, and whether it is all there is to learn from. */
export interface TextRoom {
  mostWidth: number;
  alone: boolean;
}

/** What a column is fitted by besides its cells. */
export interface FitOptions extends TextRoom {
  normalization?: Normalization;
}

function fitText(column: string, cells: readonly (Cell | undefined)[], room: TextRoom): Fitted {
  const present = cells.map(categoryOf).filter((value) => value !== null);
  if (present.length === 0) return { reason: "No training row has a value here." };
  // Beside real features the pieces of ids would be a thousand inputs of noise; alone, single words are what was meant.
  const sentences =
    room.alone || present.filter((text) => isProse(plainText(text))).length * 2 >= present.length;
  if (!sentences) return { reason: "Most of its texts are single words, as names and ids are." };
  const parts = fitTerms(present, room.mostWidth);
  if (parts.length > 0) return { feature: { kind: "TEXT", column, parts } };
  return { reason: "No two training rows have a word or a part of one in common." };
}

/** Attention costs the square of the length; what a text is about shows in so many words, or signs. */
const mostSteps = { WORD: 256, CHARACTER: 512 };
const mostTokens = 10_000;

const fitTokens =
  (unit: TextUnit) =>
  (column: string, cells: readonly (Cell | undefined)[], { mostWidth }: TextRoom): Fitted => {
    const present = cells.map(categoryOf).filter((value) => value !== null);
    if (present.length === 0) return { reason: "No training row has a value here." };
    const mostLength = Math.max(1, Math.min(mostSteps[unit], mostWidth));
    const sequence = fitTokenSequence(present, { unit, mostLength, mostTokens, leastTexts: 2 });
    if (sequence) return { feature: { kind: "TOKENS", column, sequence: { ...sequence, maskZero: true } } };
    return { reason: `No two training rows have a ${unit.toLowerCase()} in common.` };
  };

const fits = {
  NUMBER: fitNumber,
  BOOLEAN: fitBoolean,
  CATEGORY: fitCategory,
  TEXT: fitText,
  WORD: fitTokens("WORD"),
  CHARACTER: fitTokens("CHARACTER"),
};

/** Learns the encoding of one column from its training cells alone. */
export const fitFeature = (
  column: string,
  kind: ColumnKind | TextUnit,
  cells: readonly (Cell | undefined)[],
  options: FitOptions,
): Fitted => fits[kind](column, cells, options);
