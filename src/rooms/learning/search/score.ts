import { isLessBetter, isOfNumbers, type MeasureName, type Measures } from "../evaluation/index.js";
import { type ModelType, predictsNumbers } from "../model-types.js";

/** What a setting was measured to be worth after so many epochs, over its folds. */
export interface Score {
  /** Of the metric that the search goes by; null where the rows leave it undefined. */
  value: number | null;
  /** Standard deviation over the folds; null for one fold. */
  deviation: number | null;
  /** Decides between equals: log loss, or the root of the mean squared error. */
  loss: number | null;
}

/** Of one fold. */
export interface Measured {
  measures: Measures;
  rows: number;
}

/** Whether a model of this type can be measured so. */
export const measuresType = (metric: MeasureName, type: ModelType): boolean =>
  isOfNumbers(metric) === predictsNumbers(type);

export const metricFor = (type: ModelType): MeasureName => (predictsNumbers(type) ? "R2" : "ACCURACY");

const lossOf = (metric: MeasureName): MeasureName =>
  isOfNumbers(metric) ? "ROOT_MEAN_SQUARED_ERROR" : "LOSS";

/** The mean over the folds, each by its rows. */
function meanOf(folds: readonly Measured[], metric: MeasureName): number | null {
  const known = folds.flatMap(({ measures, rows }) => {
    const value = measures[metric] ?? null;
    return value === null || !Number.isFinite(value) ? [] : [{ value, rows }];
  });
  const rows = known.reduce((sum, fold) => sum + fold.rows, 0);
  return rows === 0 ? null : known.reduce((sum, fold) => sum + fold.value * fold.rows, 0) / rows;
}

function deviationOf(folds: readonly Measured[], metric: MeasureName, mean: number | null): number | null {
  const values = folds.map(({ measures }) => measures[metric] ?? null).filter((value) => value !== null);
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

export function scoreOf(folds: readonly Measured[], metric: MeasureName): Score {
  const value = meanOf(folds, metric);
  return { value, deviation: deviationOf(folds, metric, value), loss: meanOf(folds, lossOf(metric)) };
}

const orWorst = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;

/** Negative where `a` is the better one, 0 for equals; what is undefined comes last. */
export function compareScores(metric: MeasureName, a: Score, b: Score): number {
  const cost = ({ value }: Score): number =>
    value === null ? Number.POSITIVE_INFINITY : isLessBetter(metric) ? value : -value;
  const [costA, costB] = [cost(a), cost(b)];
  if (costA !== costB) return costA < costB ? -1 : 1;
  const [lossA, lossB] = [orWorst(a.loss), orWorst(b.loss)];
  return lossA === lossB ? 0 : lossA < lossB ? -1 : 1;
}
