import { largest } from "../metrics.js";
import { type Outcomes, widthOf } from "./outcomes.js";
import { areasOf, rank, type Ranking } from "./ranking.js";

export const measureNames = [
  "ACCURACY",
  "F1",
  "ROC_AREA",
  "AVERAGE_PRECISION",
  "LOSS",
  "BRIER_SCORE",
  "R2",
  "MEAN_ABSOLUTE_ERROR",
  "ROOT_MEAN_SQUARED_ERROR",
] as const;
export type MeasureName = (typeof measureNames)[number];

const errors: readonly MeasureName[] = [
  "LOSS",
  "BRIER_SCORE",
  "MEAN_ABSOLUTE_ERROR",
  "ROOT_MEAN_SQUARED_ERROR",
];
/** Of the others more is better. */
export const isLessBetter = (measure: MeasureName): boolean => errors.includes(measure);

const ofNumbers: readonly MeasureName[] = ["R2", "MEAN_ABSOLUTE_ERROR", "ROOT_MEAN_SQUARED_ERROR"];
/** Of predicted numbers; the others are of classes. */
export const isOfNumbers = (measure: MeasureName): boolean => ofNumbers.includes(measure);

/** Null where the rows leave it undefined, as R² where they don't vary. */
export type Measures = Partial<Record<MeasureName, number | null>>;

/** Measures with each row counting as often as its weight says; once each without weights. */
export type Measurer = (weights?: Float64Array) => Measures;

const leastProbability = 1e-15;

/** Beyond this many sorted scores a bootstrap would take minutes, and their areas have no interval. */
const mostRanked = 2_000_000;

/** Places of the classes that areas are a mean over: of two classes the second, as scikit-learn's positive class. */
const rankedClasses = (classes: number): number[] =>
  classes === 2 ? [1] : Array.from({ length: classes }, (_, place) => place);

export const measurerOf = (outcomes: Outcomes): Measurer =>
  outcomes.classes ? classMeasurer(outcomes) : numberMeasurer(outcomes);

/** What a row costs, whatever it is weighed by. */
interface ClassRows {
  readonly actual: readonly number[];
  readonly predicted: Int32Array;
  readonly losses: Float64Array;
  readonly briers: Float64Array;
  readonly classes: number;
}

function classRows(outcomes: Outcomes): ClassRows {
  const { actual, outputs } = outcomes;
  const classes = widthOf(outcomes);
  const losses = Float64Array.from(actual, (truth, row) => {
    const probability = truth >= 0 ? (outputs[row * classes + truth] ?? 0) : 0;
    return -Math.log(Math.max(leastProbability, probability));
  });
  return {
    actual,
    predicted: Int32Array.from(actual, (_, row) => largest(outputs, row * classes, classes)),
    losses,
    briers: brierScores(actual, outputs, classes),
    classes,
  };
}

/**
 * Squared distance of each row's probabilities from the truth, halved for two classes: then it is the squared error of
 * one probability, as scikit-learn's `brier_score_loss` with `scale_by_half="auto"`.
 */
export function brierScores(actual: readonly number[], outputs: Float64Array, classes: number): Float64Array {
  return Float64Array.from(actual, (truth, row) => {
    let sum = 0;
    for (let place = 0; place < classes; place++)
      sum += ((outputs[row * classes + place] ?? 0) - Number(place === truth)) ** 2;
    return classes === 2 ? sum / 2 : sum;
  });
}

const meanOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

function classMeasurer(outcomes: Outcomes): Measurer {
  const rows = classRows(outcomes);
  const { actual, classes } = rows;
  const rankings =
    actual.length * classes > mostRanked
      ? []
      : rankedClasses(classes).map((place) => rank(actual, outcomes.outputs, classes, place));
  return (weights) => ({ ...countsOf(rows, weights), ...meanAreas(rankings, weights) });
}

function meanAreas(rankings: readonly Ranking[], weights?: Float64Array): Measures {
  const areas = rankings.map((ranking) => areasOf(ranking, weights));
  return {
    ROC_AREA: meanOf(areas.map(({ rocArea }) => rocArea)),
    AVERAGE_PRECISION: meanOf(areas.map(({ averagePrecision }) => averagePrecision)),
  };
}

function countsOf(
  { actual, predicted, losses, briers, classes }: ClassRows,
  weights?: Float64Array,
): Measures {
  const [hits, support, claimed] = [0, 0, 0].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [rows, right, loss, brier] = [0, 0, 0, 0];
  for (let row = 0; row < actual.length; row++) {
    const weight = weights ? (weights[row] ?? 0) : 1;
    if (weight === 0) continue;
    const [truth, guess] = [actual[row] ?? -1, predicted[row] ?? 0];
    rows += weight;
    loss += weight * (losses[row] ?? 0);
    brier += weight * (briers[row] ?? 0);
    if (truth < 0) continue;
    support[truth] = (support[truth] ?? 0) + weight;
    claimed[guess] = (claimed[guess] ?? 0) + weight;
    if (truth !== guess) continue;
    right += weight;
    hits[truth] = (hits[truth] ?? 0) + weight;
  }
  const f1 = macroF1(hits, support, claimed);
  if (rows === 0) return { ACCURACY: null, F1: null, LOSS: null, BRIER_SCORE: null };
  return { ACCURACY: right / rows, F1: f1, LOSS: loss / rows, BRIER_SCORE: brier / rows };
}

/** 2 hits / (rows of the class + rows taken for it); a class neither present nor predicted is left out. */
function macroF1(hits: Float64Array, support: Float64Array, claimed: Float64Array): number {
  let [sum, classes] = [0, 0];
  hits.forEach((count, place) => {
    const rows = (support[place] ?? 0) + (claimed[place] ?? 0);
    if (rows === 0) return;
    sum += (2 * count) / rows;
    classes++;
  });
  return classes === 0 ? 0 : sum / classes;
}

function numberMeasurer({ actual, outputs }: Outcomes): Measurer {
  const errors = Float64Array.from(actual, (value, row) => value - (outputs[row] ?? 0));
  const middle = meanOf(actual) ?? 0;
  return (weights) => {
    let [rows, absolute, squares, sum, spread] = [0, 0, 0, 0, 0];
    for (let row = 0; row < errors.length; row++) {
      const weight = weights ? (weights[row] ?? 0) : 1;
      // Around the middle of all rows, so that far from zero no digits are lost.
      const [error, value] = [errors[row] ?? 0, (actual[row] ?? 0) - middle];
      rows += weight;
      absolute += weight * Math.abs(error);
      squares += weight * error ** 2;
      sum += weight * value;
      spread += weight * value ** 2;
    }
    const variation = spread - sum ** 2 / rows;
    // What rounding leaves of values that don't vary is not variation.
    const varies = variation > spread * 1e-12;
    return {
      R2: varies ? 1 - squares / variation : null,
      MEAN_ABSOLUTE_ERROR: rows > 0 ? absolute / rows : null,
      ROOT_MEAN_SQUARED_ERROR: rows > 0 ? Math.sqrt(squares / rows) : null,
    };
  };
}
