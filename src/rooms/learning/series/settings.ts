import { z } from "zod";

/** Bounds of what may be asked for. A window is no longer than the rows that one request of predictions may hold. */
export const seriesLimits = {
  window: { least: 1, most: 1_000 },
  horizon: { least: 1, most: 365 },
  season: { least: 1, most: 1_000 },
} as const;

/** What is asked for of a series; what is left out is chosen to suit its training rows. */
export interface SeriesChoice {
  /** Orders the rows and is read for nothing else. */
  timeColumn?: string | null;
  /** Observations that a forecast is made from. */
  window?: number | null;
  /** Steps ahead. */
  horizon?: number | null;
  /** Rows until the pattern repeats; 1 is none. */
  season?: number | null;
}

const length = ({ least, most }: { least: number; most: number }) => z.int().min(least).max(most);
const name = z.string().max(1_000);

/**
 * One column in a window. A further column is standardised; the series itself is taken relative to its window's level
 * and divided by `deviation`, so that a level never seen before looks like those that were.
 */
export const seriesFeatureSchema = z.strictObject({
  kind: z.literal("SERIES"),
  column: name,
  window: length(seriesLimits.window),
  /** 0 for the series itself. */
  mean: z.number(),
  deviation: z.number().positive(),
});
export type SeriesFeature = z.infer<typeof seriesFeatureSchema>;

/**
 * Simple forecasts (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., § 5.2), the last one
 * that of an ARIMA(0,1,0)(0,1,0) model. The network learns what the best of them gets wrong.
 */
export const anchors = ["MEAN", "LAST", "DRIFT", "SEASON", "SEASON_AND_CHANGE"] as const;
export type Anchor = (typeof anchors)[number];

export const seriesTargetSchema = z.strictObject({
  type: z.literal("TIME_SERIES"),
  column: name,
  timeColumn: name.nullable(),
  window: length(seriesLimits.window),
  horizon: length(seriesLimits.horizon),
  /** 1 is none. */
  season: length(seriesLimits.season),
  anchor: z.enum(anchors),
  /** Where the logarithm is learnt: the value that everything smaller counts as. Else null. */
  floor: z.number().positive().nullable(),
  /** What the network's outputs are multiplied by before the anchor is added. */
  deviation: z.number().positive(),
  /** Mean absolute error in the training rows of the value a season before: what MASE is measured in. */
  scale: z.number().positive().nullable(),
});
/** What the outputs of a forecasting network mean. */
export type SeriesTarget = z.infer<typeof seriesTargetSchema>;
