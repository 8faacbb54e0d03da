import type { Cell } from "../cell.js";
import { unusable } from "../errors.js";
import { spread } from "../normalization.js";
import { leastTrainingRows } from "../learning.limits.js";
import type { LearningTask, Table } from "../task.js";
import { chooseAnchor, deviationsOf } from "./choose.js";
import { defaultHorizon, defaultWindow } from "./lengths.js";
import { seasonOf } from "./season.js";
import type { SeriesFeature, SeriesTarget } from "./settings.js";
import { originsOf, ownValues, readValues, type SeriesValues } from "./values.js";

/** The columns that a task reads in a window, the series itself first. */
export const channelsOf = ({ target, features }: LearningTask): string[] => [
  ...new Set([target ?? "", ...features.map(({ column }) => column)]),
];

const refuseText = (row: number, column: string, cell: Cell): never => {
  const shown = JSON.stringify((cell ?? "").slice(0, 40));
  throw unusable(
    "features",
    `Row ${row + 1}, column "${column}": ${shown} is not a number. Correct it, or leave the column out.`,
  );
};

/** @throws TRAINING_DATA_UNUSABLE for a text among the numbers, or a column that is not there */
export function readTable({ columns, rows }: Table, channels: readonly string[]): SeriesValues {
  const missing = channels.find((column) => !columns.includes(column));
  if (missing !== undefined) throw unusable("features", `There is no column "${missing}".`);
  return readValues(columns, rows, channels, refuseText);
}

/** Origins spread evenly over all: more would tell the same, and cost a pass over their windows each. */
export function sampled(origins: readonly number[], most: number): number[] {
  const step = Math.max(1, origins.length / most);
  return Array.from(
    { length: Math.min(most, origins.length) },
    (_, at) => origins[Math.floor(at * step)] ?? 0,
  );
}

const mostSampled = 2_000;

/** Mean absolute difference from the value a season before (Hyndman and Koehler 2006); null where there is none. */
function scaleOf(values: SeriesValues, season: number): number | null {
  const own = ownValues(values);
  let [sum, count] = [0, 0];
  for (let row = season; row < values.rows; row++) {
    if (values.known[row] !== 1 || values.known[row - season] !== 1) continue;
    sum += Math.abs((own[row] ?? 0) - (own[row - season] ?? 0));
    count++;
  }
  return sum > 0 ? sum / count : null;
}

function furtherFeatures(channels: readonly string[], values: SeriesValues, window: number): SeriesFeature[] {
  return channels.slice(1).map((column, place): SeriesFeature => {
    const numbers = Array.from(
      { length: values.rows },
      (_, row) => values.numbers[row * values.width + place + 1] ?? Number.NaN,
    ).filter((value) => !Number.isNaN(value));
    if (numbers.length === 0)
      throw unusable("features", `The column "${column}" has no number in the training rows. Leave it out.`);
    return { kind: "SERIES", column, window, ...spread(numbers.sort((a, b) => a - b)) };
  });
}

function leftOutOf(
  { series }: LearningTask,
  channels: readonly string[],
  { columns }: Table,
): SeriesFit["leftOut"] {
  const reasonOf = (column: string): string =>
    column === series?.timeColumn ? "It orders the rows." : "Not chosen.";
  return columns
    .filter((column) => !channels.includes(column))
    .map((column) => ({ column, reason: reasonOf(column) }));
}

const tooShort = (count: number, { window, horizon }: Pick<SeriesTarget, "window" | "horizon">): Error =>
  unusable(
    "series",
    `A window of ${window} rows and ${horizon} steps ahead leave ${count} forecasts to learn from, of which ${leastTrainingRows} are needed. Choose a shorter window or horizon, or send more rows.`,
  );

/** The preprocessing of a series. */
interface SeriesFit {
  features: SeriesFeature[];
  leftOut: { column: string; reason: string }[];
  target: SeriesTarget;
}

/** Learns how a series is read and forecast, from its training rows alone. @throws TRAINING_DATA_UNUSABLE */
export function fitSeries(task: LearningTask, training: Table): SeriesFit {
  const channels = channelsOf(task);
  const values = readTable(training, channels);
  const own = ownValues(values);
  const { season: wanted, window: wantedWindow, horizon: wantedHorizon, timeColumn } = task.series ?? {};
  const season = wanted ?? seasonOf(own.filter((value) => !Number.isNaN(value)));
  if (season >= values.rows)
    throw unusable(
      "series.season",
      `The season of ${season} rows is longer than the ${values.rows} training rows. Choose a shorter one, or send more rows.`,
    );
  const horizon = wantedHorizon ?? defaultHorizon(season, values.rows);
  const window = wantedWindow ?? defaultWindow({ season, horizon }, values.rows);
  const origins = originsOf(values, { window, horizon, history: 0 });
  if (origins.length < leastTrainingRows) throw tooShort(origins.length, { window, horizon });
  const sample = sampled(origins, mostSampled);
  const spans = { season, window, horizon };
  const chosen = chooseAnchor(values, sample, spans);
  const { input, output } = deviationsOf(values, sample, { ...spans, ...chosen });
  const features: SeriesFeature[] = [
    { kind: "SERIES", column: task.target ?? "", window, mean: 0, deviation: input },
    ...furtherFeatures(channels, values, window),
  ];
  const target: SeriesTarget = {
    type: "TIME_SERIES",
    column: task.target ?? "",
    timeColumn: timeColumn ?? null,
    ...spans,
    ...chosen,
    deviation: output,
    scale: scaleOf(values, season),
  };
  return { features, leftOut: leftOutOf(task, channels, training), target };
}
