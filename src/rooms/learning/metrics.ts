import type { Baselines, NextTokenScore } from "./generation/baselines.js";
import type { SeriesMetrics } from "./series/metrics.js";

/** Measured on rows that training never saw. Averages over classes are macro averages: every class counts alike. */
export interface ClassificationMetrics {
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  /** Mean negative logarithm of the true class's probability. */
  loss: number;
  /** `confusion[actual][predicted]` counts rows, both in the order of the classes. */
  confusion: number[][];
  /** Rows whose class did not occur in training; they count as wrong. */
  unseenRows: number;
  rows: number;
}

export interface RegressionMetrics {
  r2: number | null;
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /** Mean squared error in the target's unit, squared. */
  loss: number;
  rows: number;
}

/** Distances are between encoded rows: standardised numbers, and ones and zeros. */
export interface ClusteringMetrics {
  /** From -1 to 1, higher is better; null where all rows fall into one cluster, or each into its own. */
  silhouette: number | null;
  /** Lower is better; null where all rows fall into one cluster. */
  daviesBouldin: number | null;
  /** Sum of the squared distances from the centres. */
  inertia: number;
  /** Of one row on average, in nats. */
  logLikelihood: number;
  /** What was made small while training: a row's squared distance, or its negative log-likelihood. */
  loss: number;
  rows: number;
  /** Training rows and held-out rows of each. */
  clusters: { label: string; trainingRows: number; rows: number }[];
  /** The numbers of clusters that were tried, measured on the training rows. */
  candidates: {
    clusters: number;
    silhouette: number | null;
    bic: number;
    inertia: number;
    logLikelihood: number;
    chosen: boolean;
  }[];
}

/** How well the next token of texts is foretold from those before it. */
export interface GenerationMetrics extends NextTokenScore {
  /** Texts, and tokens in them. */
  rows: number;
  tokens: number;
  /** What knows of each token only how frequent it is, or only the one before it, on the same tokens. */
  baselines: Baselines;
}

export type Metrics =
  | ClassificationMetrics
  | RegressionMetrics
  | ClusteringMetrics
  | SeriesMetrics
  | GenerationMetrics;

/** Keeps the logarithm finite where a class got no probability at all. */
const leastProbability = 1e-15;

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
/** 0 / 0 is 0: a class never predicted has precision 0, as in scikit-learn's `zero_division=0`. */
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** The place of the largest of `width` values from `at` on; the first of equals. */
export function largest(values: Float64Array | Float32Array, at: number, width: number): number {
  let best = 0;
  for (let place = 1; place < width; place++) {
    if ((values[at + place] ?? 0) > (values[at + best] ?? 0)) best = place;
  }
  return best;
}

function byClass(confusion: number[][]): { precision: number; recall: number; f1: number }[] {
  const occurring = confusion.map(
    (row, place) => total(row) + total(confusion.map((other) => other[place] ?? 0)) > 0,
  );
  const scores = confusion.map((row, place) => {
    const hits = row[place] ?? 0;
    const precision = share(hits, total(confusion.map((other) => other[place] ?? 0)));
    const recall = share(hits, total(row));
    return { precision, recall, f1: share(2 * precision * recall, precision + recall) };
  });
  // A class neither present nor predicted says nothing about the model.
  return scores.filter((_, place) => occurring[place]);
}

/**
 * @param actual class numbers, -1 for a class unknown to the model
 * @param probabilities `classes` values a row
 */
export function classificationMetrics(
  actual: readonly number[],
  probabilities: Float64Array,
  classes: number,
): ClassificationMetrics {
  const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  let [hits, loss, unseenRows] = [0, 0, 0];
  actual.forEach((truth, row) => {
    const predicted = largest(probabilities, row * classes, classes);
    const counts = confusion[truth];
    if (counts) counts[predicted] = (counts[predicted] ?? 0) + 1;
    else unseenRows++;
    hits += Number(truth === predicted);
    const probability = counts ? (probabilities[row * classes + truth] ?? 0) : 0;
    loss -= Math.log(Math.max(leastProbability, probability));
  });
  const scores = byClass(confusion);
  const macro = (name: "precision" | "recall" | "f1") =>
    share(total(scores.map((score) => score[name])), scores.length);
  return {
    accuracy: share(hits, actual.length),
    precision: macro("precision"),
    recall: macro("recall"),
    f1: macro("f1"),
    loss: share(loss, actual.length),
    confusion,
    unseenRows,
    rows: actual.length,
  };
}

/** Both in the target's unit. `r2` is null where the actual values don't vary, which leaves it undefined. */
export function regressionMetrics(actual: readonly number[], predicted: Float64Array): RegressionMetrics {
  const errors = actual.map((value, row) => value - (predicted[row] ?? 0));
  const mean = share(total([...actual]), actual.length);
  const squares = total(errors.map((error) => error ** 2));
  const spread = total(actual.map((value) => (value - mean) ** 2));
  const loss = share(squares, actual.length);
  return {
    r2: spread > 0 ? 1 - squares / spread : null,
    meanAbsoluteError: share(total(errors.map(Math.abs)), actual.length),
    rootMeanSquaredError: Math.sqrt(loss),
    loss,
    rows: actual.length,
  };
}
