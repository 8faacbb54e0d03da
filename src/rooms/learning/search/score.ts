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

/** What goes by how many rows are right, and so moves by whole rows; the other measures weigh how right each one is. */
export const countsRows = (metric: MeasureName): boolean => metric === "ACCURACY" || metric === "F1";

/**
 * How far behind the best a score is still its equal: one standard error of a mean over the folds. Deviations are
 * pooled, as a single one of five folds is itself off by a third, and a small one by luck would let no other count.
 */
function marginOf(metric: MeasureName, folds: number, scores: readonly Score[]): number {
  const deviations = scores.flatMap(({ deviation }) => (deviation === null ? [] : [deviation]));
  if (!countsRows(metric) || deviations.length === 0) return 0;
  const squares = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
  return Math.sqrt(squares / deviations.length / folds);
}

const lossFirst = ({ loss }: Score): Score => ({ value: loss, deviation: null, loss: null });

/**
 * The best first. Of what counts rows, all within one standard error of the best are its equals (the rule of Breiman,
 * Friedman, Olshen and Stone, 1984), and the log loss decides: a few rows right by luck would lift one setting out of
 * many above a better one, while the loss has something to say of every row. Over one fold no such error is known.
 */
export function ranked<Scored extends { score: Score }>(
  metric: MeasureName,
  folds: number,
  scored: readonly Scored[],
): Scored[] {
  const sorted = scored.toSorted((a, b) => compareScores(metric, a.score, b.score));
  const best = sorted[0]?.score;
  const margin = marginOf(
    metric,
    folds,
    scored.map(({ score }) => score),
  );
  if (margin === 0) return sorted;
  const least = (best?.value ?? 0) - margin;
  const isEqual = ({ score }: Scored): boolean => score.value !== null && score.value >= least;
  const equals = sorted
    .filter(isEqual)
    .sort((a, b) => compareScores("LOSS", lossFirst(a.score), lossFirst(b.score)));
  return [...equals, ...sorted.filter((one) => !isEqual(one))];
}
