import type { ForecastErrors, ForecastMetrics } from "../../learning/index.js";
import { figure, table } from "./markdown.js";

/** More steps than these are not read as a table. */
const mostSteps = 31;

const named = ({ model, naive, seasonalNaive }: ForecastMetrics): [string, ForecastErrors][] => [
  ["this model", model],
  ["the last value again", naive],
  ...(seasonalNaive ? ([["the value a season before", seasonalNaive]] as [string, ForecastErrors][]) : []),
];

/** A model beside the simplest forecasts, all of them and step by step; empty for other models. */
export function forecastsOf(forecast: ForecastMetrics | null | undefined): string {
  if (!forecast) return "";
  const { forecasts, horizon, season } = forecast;
  const ways = named(forecast);
  const rows = ways.map(([name, errors]) => [
    name,
    figure(errors.meanAbsoluteError),
    figure(errors.rootMeanSquaredError),
    figure(errors.meanAbsoluteScaledError),
    figure(errors.meanAbsolutePercentageError),
  ]);
  const steps = forecast.model.steps
    .slice(0, mostSteps)
    .map(({ step }, at) => [
      String(step),
      ...ways.map(([, errors]) => figure(errors.steps[at]?.meanAbsoluteError)),
    ]);
  const repeats = season > 1 ? `a season of ${season} rows` : "no season";
  return [
    `${forecasts} forecasts of ${horizon} steps each, with ${repeats}.\n\n`,
    table(["Forecast", "Mean absolute error", "Root mean squared error", "MASE", "MAPE"], rows),
    "\nMean absolute error by steps ahead:\n\n",
    table(["Step", ...ways.map(([name]) => name)], steps),
  ].join("");
}

/** What a reader must know who would trust a forecast. */
export function forecastLimits(forecast: ForecastMetrics | null | undefined): string[] {
  if (!forecast) return [];
  const { model, naive, seasonalNaive } = forecast;
  const best = Math.min(
    naive.meanAbsoluteError,
    seasonalNaive?.meanAbsoluteError ?? Number.POSITIVE_INFINITY,
  );
  const worse = model.meanAbsoluteError >= best;
  return [
    ...(worse
      ? ["It is no better than the simplest forecast: use that one, or train again with other settings."]
      : []),
    "It takes the rows as equally far apart in time, and that the future goes on as the past did.",
  ];
}
