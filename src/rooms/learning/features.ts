import { z } from "zod";
import {
  imageFeatureSchema,
  imageWidth,
  termCount,
  termPartSchema,
  tokenSequenceSchema,
} from "./encoding/index.js";
import { normalizations } from "./normalization.js";
import { seriesFeatureSchema } from "./series/settings.js";

/** One-hot values of a column; rarer ones are all zeros. */
export const mostCategories = 64;

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
  categories: z.array(name).min(1).max(mostCategories),
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

/** The learnt encoding of one column. */
export type Feature = z.infer<typeof featureSchema>;
/** Columns that must hold a number in every row. */
export const neededColumns = (features: readonly Feature[]): string[] =>
  features.flatMap(({ kind, column }) => (kind === "RAW" ? [column] : []));

/** How many inputs of the network the column gives. */
export function featureWidth(feature: Feature): number {
  if (feature.kind === "RAW") return 1;
  if (feature.kind === "IMAGE") return imageWidth(feature);
  if (feature.kind === "SERIES") return feature.window;
  if (feature.kind === "TEXT") return termCount(feature.parts);
  if (feature.kind === "TOKENS") return feature.sequence.length;
  if (feature.kind === "CATEGORY") return feature.categories.length + Number(feature.missing);
  return 1 + Number(feature.indicator);
}
