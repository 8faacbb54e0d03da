import { largest } from "../metrics.js";
import { type PrecisionRecallPoint, precisionRecallCurve, type RocPoint, rocCurve } from "./curves.js";
import { type Outcomes, widthOf } from "./outcomes.js";
import { areasOf, rank } from "./ranking.js";

/** One class against all others. */
export interface ClassEvaluation {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  /** Rows that are of the class. */
  support: number;
  rocArea: number | null;
  averagePrecision: number | null;
  /** Null where there are too many classes to keep the curves of. */
  roc: RocPoint[] | null;
  precisionRecall: PrecisionRecallPoint[] | null;
}

/** Points of one curve, and of the curves of a version together. */
const mostPoints = 200;
const mostPointsTogether = 1_000;
const mostClassesWithCurves = 40;

/** 0 / 0 is 0, as in scikit-learn's `zero_division=0`. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Rows of no known class count as rows of other classes; taken for a class, they cost no precision, as in `metrics`. */
export function classEvaluations(outcomes: Outcomes): ClassEvaluation[] {
  const { actual, outputs, classes } = outcomes;
  const width = widthOf(outcomes);
  const points =
    width > mostClassesWithCurves ? 0 : Math.min(mostPoints, Math.floor(mostPointsTogether / width));
  const predicted = actual.map((_, row) => largest(outputs, row * width, width));
  return (classes ?? []).map((label, place) => {
    const ranking = rank(actual, outputs, width, place);
    return {
      label,
      ...scoresOf(actual, predicted, place),
      ...areasOf(ranking),
      roc: points > 0 ? rocCurve(ranking, points) : null,
      precisionRecall: points > 0 ? precisionRecallCurve(ranking, points) : null,
    };
  });
}

function scoresOf(
  actual: readonly number[],
  predicted: readonly number[],
  place: number,
): Pick<ClassEvaluation, "precision" | "recall" | "f1" | "support"> {
  let [hits, support, claimed] = [0, 0, 0];
  actual.forEach((truth, row) => {
    const [is, taken] = [truth === place, predicted[row] === place && truth >= 0];
    support += Number(is);
    claimed += Number(taken);
    hits += Number(is && taken);
  });
  return {
    precision: share(hits, claimed),
    recall: share(hits, support),
    f1: share(2 * hits, claimed + support),
    support,
  };
}
