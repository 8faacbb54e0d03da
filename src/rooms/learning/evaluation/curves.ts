import { type Ranking, type Threshold, thresholds } from "./ranking.js";

export interface RocPoint {
  falsePositiveRate: number;
  truePositiveRate: number;
  /** Rows at or above it are taken for the class; null at the beginning, where none is. */
  threshold: number | null;
}

export interface PrecisionRecallPoint {
  recall: number;
  precision: number;
  threshold: number | null;
}

const straight = (a: RocPoint, b: RocPoint, c: RocPoint): boolean =>
  (b.falsePositiveRate - a.falsePositiveRate) * (c.truePositiveRate - b.truePositiveRate) ===
  (b.truePositiveRate - a.truePositiveRate) * (c.falsePositiveRate - b.falsePositiveRate);

/** Without the points in the middle of a straight line, which add nothing to the curve or its area. */
const withoutStraight = (points: readonly RocPoint[]): RocPoint[] =>
  points.filter((point, place) => {
    const [before, after] = [points[place - 1], points[place + 1]];
    return !before || !after || !straight(before, point, after);
  });

/**
 * The last point of each of `most` - 1 equal stretches of the way along both axes. Both rise, so a stretch h lies in a
 * rectangle of at most h²/4, and the area is off by no more than h²/8 a stretch: 0.0026 in all for 200 points.
 */
function spaced(points: readonly RocPoint[], most: number): RocPoint[] {
  if (points.length <= most) return [...points];
  const stretch = ({ falsePositiveRate, truePositiveRate }: RocPoint): number =>
    Math.ceil(((falsePositiveRate + truePositiveRate) / 2) * (most - 1));
  return points.filter((point, place) => {
    const next = points[place + 1];
    return !next || stretch(next) !== stretch(point);
  });
}

/** The ROC curve as scikit-learn's `roc_curve`, at most `most` points of it. Empty without rows of both kinds. */
export function rocCurve(ranking: Ranking, most: number): RocPoint[] {
  const steps = thresholds(ranking);
  const { truePositives = 0, falsePositives = 0 } = steps.at(-1) ?? {};
  if (truePositives === 0 || falsePositives === 0) return [];
  const points = steps.map((step) => ({
    falsePositiveRate: step.falsePositives / falsePositives,
    truePositiveRate: step.truePositives / truePositives,
    threshold: step.score,
  }));
  return spaced(
    withoutStraight([{ falsePositiveRate: 0, truePositiveRate: 0, threshold: null }, ...points]),
    most,
  );
}

const precisionOf = ({ truePositives, falsePositives }: Threshold): number =>
  truePositives / (truePositives + falsePositives);

/**
 * The precision-recall curve by rising recall, as scikit-learn's `precision_recall_curve` turned round, up to where
 * every row of the class is found. Where there are more than `most` points, each stands for a stretch of recall with
 * the mean precision over it: the sum of the steps stays the average precision.
 */
export function precisionRecallCurve(ranking: Ranking, most: number): PrecisionRecallPoint[] {
  const steps = thresholds(ranking);
  const all = steps.at(-1)?.truePositives ?? 0;
  if (all === 0) return [];
  const start = { recall: 0, precision: 1, threshold: null };
  const rising = steps.filter((step, place) => step.truePositives > (steps[place - 1]?.truePositives ?? 0));
  if (rising.length < most) {
    const points = rising.map((step) => ({
      recall: step.truePositives / all,
      precision: precisionOf(step),
      threshold: step.score,
    }));
    return [start, ...points];
  }
  return [start, ...meanSteps(rising, all, most - 1)];
}

function meanSteps(rising: readonly Threshold[], all: number, most: number): PrecisionRecallPoint[] {
  const points: PrecisionRecallPoint[] = [];
  let [area, from, before] = [0, 0, 0];
  rising.forEach((step, place) => {
    area += (step.truePositives - before) * precisionOf(step);
    before = step.truePositives;
    const next = rising[place + 1];
    const stretch = (count: number): number => Math.ceil((count / all) * most);
    if (next && stretch(next.truePositives) === stretch(before)) return;
    points.push({ recall: before / all, precision: area / (before - from), threshold: step.score });
    [area, from] = [0, before];
  });
  return points;
}
