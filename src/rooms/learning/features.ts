import { z } from "zod";
import { booleanOf, type Cell, type ColumnKind, categoryOf, numberOf } from "./cell.js";
import {
  fitTerms,
  fitTokenSequence,
  imageFeatureSchema,
  imageWidth,
  imageWriter,
  isProse,
  plainText,
  sequenceWriter,
  type TextUnit,
  termCount,
  termPartSchema,
  termWriter,
  tokenSequenceSchema,
} from "./encoding/index.js";
import { medianOf, mostScaled, type Normalization, normalizations, scaleOf } from "./normalization.js";
import { seriesFeatureSchema } from "./series/settings.js";

const name = z.string().max(1_000);
const finite = z.number();

/**
 * Number scaled as (value - mean) / deviation; a missing one takes the training median. `indicator` adds a second
 * value: 1 where missing.
 */
const numberFeature = z.strictObject({
  kind: z.literal("NUMBER"),
  column: name,
  median: finite,
  mean: finite,
  deviation: finite.positive(),
  indicator: z.boolean(),
  // Optional, not a default: what was stored before must stay the same to the byte.
  /** What `mean` and `deviation` are where they are not those of the column; see `scaleOf`. */
  normalization: z.enum(normalizations).exclude(["STANDARD"]).optional(),
});
/** 0 or 1; a missing one takes the commoner value of the training rows. */
const booleanFeature = z.strictObject({
  kind: z.literal("BOOLEAN"),
  column: name,
  fallback: z.union([z.literal(0), z.literal(1)]),
  indicator: z.boolean(),
});
/** One-hot over `categories`, plus a last value for "missing" where training saw missing cells; unknown is all zeros. */
const categoryFeature = z.strictObject({
  kind: z.literal("CATEGORY"),
  column: name,
  categories: z.array(name).min(1).max(64),
  missing: z.boolean(),
});
/** Term weights, part after part; an empty or missing text, and one without a known term, is all zeros. */
const textFeature = z.strictObject({
  kind: z.literal("TEXT"),
  column: name,
  parts: z.array(termPartSchema).min(1).max(4),
});
/** The numbers of a text's tokens in their order, for networks that begin with an EMBEDDING. */
const tokensFeature = z.strictObject({
  kind: z.literal("TOKENS"),
  column: name,
  sequence: tokenSequenceSchema,
});
/** A number as it stands, for imported networks that were trained on such; there is nothing to put for a missing one. */
const rawFeature = z.strictObject({ kind: z.literal("RAW"), column: name });
export const featureSchema = z.discriminatedUnion("kind", [
  numberFeature,
  booleanFeature,
  categoryFeature,
  textFeature,
  tokensFeature,
  imageFeatureSchema,
  seriesFeatureSchema,
  rawFeature,
]);

type NumberFeature = z.infer<typeof numberFeature>;
type BooleanFeature = z.infer<typeof booleanFeature>;
type CategoryFeature = z.infer<typeof categoryFeature>;
type TextFeature = z.infer<typeof textFeature>;
type TokensFeature = z.infer<typeof tokensFeature>;
export type Feature = z.infer<typeof featureSchema>;
/** The learnt encoding of a column, or the reason why the column is left out. */
export type Fitted = { feature: Feature } | { reason: string };

export const mostCategories = 64;
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
    if (sequence) return { feature: { kind: "TOKENS", column, sequence } };
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

/** Columns that must hold a number in every row. */
export const neededColumns = (features: readonly Feature[]): string[] =>
  features.flatMap(({ kind, column }) => (kind === "RAW" ? [column] : []));

export function featureWidth(feature: Feature): number {
  if (feature.kind === "RAW") return 1;
  if (feature.kind === "IMAGE") return imageWidth(feature);
  if (feature.kind === "SERIES") return feature.window;
  if (feature.kind === "TEXT") return termCount(feature.parts);
  if (feature.kind === "TOKENS") return feature.sequence.length;
  if (feature.kind === "CATEGORY") return feature.categories.length + Number(feature.missing);
  return 1 + Number(feature.indicator);
}

/** Writes the values of one cell into `out` (already zero) from `at` on. */
export type Writer = (cell: Cell | undefined, out: Float32Array, at: number) => void;

const numberWriter = (feature: NumberFeature): Writer => {
  const most = mostScaled(feature.normalization ?? "STANDARD");
  return (cell, out, at) => {
    const value = numberOf(cell);
    const scaled = ((value ?? feature.median) - feature.mean) / feature.deviation;
    out[at] = Math.max(-most, Math.min(most, scaled));
    if (feature.indicator && value === null) out[at + 1] = 1;
  };
};

const booleanWriter = (feature: BooleanFeature): Writer => {
  return (cell, out, at) => {
    const value = booleanOf(cell);
    out[at] = value ?? feature.fallback;
    if (feature.indicator && value === null) out[at + 1] = 1;
  };
};

const categoryWriter = (feature: CategoryFeature): Writer => {
  const places = new Map(feature.categories.map((category, place) => [category, place]));
  return (cell, out, at) => {
    const value = categoryOf(cell);
    const place =
      value === null ? (feature.missing ? feature.categories.length : undefined) : places.get(value);
    if (place !== undefined) out[at + place] = 1;
  };
};

const textWriter = ({ parts }: TextFeature): Writer => {
  const write = termWriter(parts);
  return (cell, out, at) => write(categoryOf(cell) ?? "", out, at);
};

const tokensWriter = ({ sequence }: TokensFeature): Writer => {
  const write = sequenceWriter(sequence);
  return (cell, out, at) => write(categoryOf(cell) ?? "", out, at);
};

const rawWriter: Writer = (cell, out, at) => {
  out[at] = Math.fround(numberOf(cell) ?? 0);
};

export function writerOf(feature: Feature): Writer {
  // What a cell of a series says depends on the cells before it, so there is nothing to write of one alone.
  if (feature.kind === "SERIES") throw new TypeError("A series is encoded window by window.");
  if (feature.kind === "RAW") return rawWriter;
  if (feature.kind === "IMAGE") return imageWriter(feature);
  if (feature.kind === "NUMBER") return numberWriter(feature);
  if (feature.kind === "TEXT") return textWriter(feature);
  if (feature.kind === "TOKENS") return tokensWriter(feature);
  return feature.kind === "BOOLEAN" ? booleanWriter(feature) : categoryWriter(feature);
}
