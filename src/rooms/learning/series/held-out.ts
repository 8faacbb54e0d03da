import type { Preprocessing, Table } from "../preprocessing.js";
import { requireCoding } from "./coding.js";
import { unusable } from "../errors.js";
import { readTable } from "./fit.js";
import { originsOf, type SeriesValues } from "./values.js";

/** The values of a part, and where its forecasts begin. */
export function forecastsOf(
  part: Table,
  preprocessing: Preprocessing,
): { values: SeriesValues; origins: number[] } {
  const { features, target } = requireCoding(preprocessing);
  const values = readTable(
    part,
    features.map(({ column }) => column),
  );
  const { window, horizon } = target;
  return { values, origins: originsOf(values, { window, horizon, history: part.history ?? 0 }) };
}

export const forecastCount = (part: Table, preprocessing: Preprocessing): number =>
  forecastsOf(part, preprocessing).origins.length;

/** Says before any training that it could not be measured; other models need nothing. @throws TRAINING_DATA_UNUSABLE */
export function requireForecasts(test: Table, preprocessing: Preprocessing): void {
  const { target } = preprocessing;
  if (target.type !== "TIME_SERIES" || forecastCount(test, preprocessing) > 0) return;
  const rows = test.rows.length - (test.history ?? 0);
  throw unusable(
    "series.horizon",
    `No ${target.horizon} steps ahead are all known within the ${rows} rows held out, so nothing could be measured. Choose a shorter horizon, or send more rows.`,
  );
}
