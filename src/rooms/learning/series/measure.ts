import { type Evaluation, evaluate, keptOutcomes, type Outcomes, packOutcomes } from "../evaluation/index.js";
import { regressionMetrics } from "../metrics.js";
import type { Preprocessing, Table } from "../preprocessing.js";
import { requireCoding } from "./coding.js";
import { sampled } from "./fit.js";
import { forecastsOf } from "./held-out.js";
import { forecastErrors, type ForecastErrors, type SeriesMetrics } from "./metrics.js";
import { seriesLimits, type SeriesTarget } from "./settings.js";
import { simpleForecast } from "./simple.js";
import { ownValues, type SeriesValues, truthFrom, windowBefore } from "./values.js";

/** Forecasts of many windows, `horizon` values each. */
type Forecast = (windows: readonly Float64Array[]) => Promise<Float64Array>;

/** A place for each step of each forecast, so that two versions are compared where both forecast the same ahead. */
const stepsOfPlace = 1_000;
if (seriesLimits.horizon.most > stepsOfPlace) throw new RangeError("Two steps would have one place.");

/** Values that are forecast; of more, evenly spread origins tell the same. */
const mostForecast = 1_000_000;

/** Origins follow each other and their steps overlap: as many forecasts at once as can have a row in common. */
const blockOf = (horizon: number): number => horizon * horizon;

/**
 * Measures forecasts from every origin of the held-out rows (a rolling origin: Tashman, Out-of-sample tests of
 * forecasting accuracy, 2000). Each may read what came before it, held-out rows included, as it would in use.
 */
export async function measureSeries(
  preprocessing: Preprocessing,
  test: Table,
  seed: number,
  forecast: Forecast,
): Promise<{ metrics: SeriesMetrics; evaluation: Evaluation; outcomes: Uint8Array }> {
  const { target } = requireCoding(preprocessing);
  const { window, horizon } = target;
  const { values, origins: all } = forecastsOf(test, preprocessing);
  const origins = sampled(all, Math.max(1, Math.floor(mostForecast / horizon)));
  const outputs = await forecast(origins.map((origin) => windowBefore(values, origin, window)));
  const actual = origins.flatMap((origin) => [...truthFrom(values, origin, horizon)]);
  const rows = origins.flatMap((origin) =>
    Array.from({ length: horizon }, (_, step) => origin * stepsOfPlace + step),
  );
  const outcomes: Outcomes = { classes: null, rows, actual, outputs, block: blockOf(horizon) };
  const metrics = metricsOf(values, origins, outcomes, target);
  return {
    metrics,
    evaluation: { ...evaluate(outcomes, seed), rows: metrics.rows },
    outcomes: packOutcomes(keptOutcomes(outcomes)),
  };
}

/** The forecasts of `naive` (season 1) or `seasonalNaive` at the same origins. */
function simpleErrors(
  values: SeriesValues,
  origins: readonly number[],
  actual: readonly number[],
  { horizon, scale }: SeriesTarget,
  season: number,
): ForecastErrors {
  const own = ownValues(values);
  const predicted = Float64Array.from(
    origins.flatMap((origin) => [...simpleForecast("SEASON", own.subarray(0, origin), { season, horizon })]),
  );
  return forecastErrors({ actual, predicted, horizon, scale });
}

function metricsOf(
  values: SeriesValues,
  origins: readonly number[],
  { actual, outputs }: Outcomes,
  target: SeriesTarget,
): SeriesMetrics {
  const { horizon, season, scale } = target;
  const covered = new Set(
    origins.flatMap((origin) => Array.from({ length: horizon }, (_, step) => origin + step)),
  );
  const simple = (of: number): ForecastErrors => simpleErrors(values, origins, actual, target, of);
  return {
    ...regressionMetrics(actual, outputs),
    rows: covered.size,
    forecast: {
      forecasts: origins.length,
      horizon,
      season,
      model: forecastErrors({ actual, predicted: outputs, horizon, scale }),
      naive: simple(1),
      seasonalNaive: season > 1 ? simple(season) : null,
    },
  };
}
