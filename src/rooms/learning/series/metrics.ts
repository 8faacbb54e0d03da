/** Of forecasts at one number of steps ahead, in the series' unit. */
export interface StepErrors {
  /** From 1. */
  step: number;
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
}

/** Of one way to forecast. */
export interface ForecastErrors {
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /**
   * Mean absolute error by that of the value a season before over the training rows (Hyndman and Koehler, Another look
   * at measures of forecast accuracy, 2006); null where the training rows repeat exactly.
   */
  meanAbsoluteScaledError: number | null;
  /** As a share; null unless all actual values are positive. */
  meanAbsolutePercentageError: number | null;
  steps: StepErrors[];
}

/** A model beside the two simplest forecasts, all at the very same origins. */
export interface ForecastMetrics {
  /** How many times the future was forecast, each `horizon` steps ahead. */
  forecasts: number;
  horizon: number;
  /** 1 is none. */
  season: number;
  model: ForecastErrors;
  /** The last value, at every step. */
  naive: ForecastErrors;
  /** The value a season before; null without a season. */
  seasonalNaive: ForecastErrors | null;
}

export interface SeriesMetrics {
  /** Null where the actual values don't vary. */
  r2: number | null;
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /** Mean squared error in the series' unit, squared. */
  loss: number;
  /** Held-out rows that were forecast. */
  rows: number;
  forecast: ForecastMetrics;
}

/** `horizon` values a forecast, one after the other. */
interface Compared {
  actual: readonly number[];
  predicted: Float64Array;
  horizon: number;
  scale: number | null;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function stepErrors(errors: readonly number[], step: number, horizon: number): StepErrors {
  const own = Array.from({ length: errors.length / horizon }, (_, at) => errors[at * horizon + step] ?? 0);
  return {
    step: step + 1,
    meanAbsoluteError: meanOf(own.map(Math.abs)),
    rootMeanSquaredError: Math.sqrt(meanOf(own.map((error) => error ** 2))),
  };
}

export function forecastErrors({ actual, predicted, horizon, scale }: Compared): ForecastErrors {
  const errors = actual.map((value, at) => value - (predicted[at] ?? 0));
  const meanAbsoluteError = meanOf(errors.map(Math.abs));
  const shares = errors.map((error, at) => Math.abs(error) / (actual[at] ?? 1));
  return {
    meanAbsoluteError,
    rootMeanSquaredError: Math.sqrt(meanOf(errors.map((error) => error ** 2))),
    meanAbsoluteScaledError: scale === null ? null : meanAbsoluteError / scale,
    meanAbsolutePercentageError: actual.every((value) => value > 0) ? meanOf(shares) : null,
    steps: Array.from({ length: horizon }, (_, step) => stepErrors(errors, step, horizon)),
  };
}
