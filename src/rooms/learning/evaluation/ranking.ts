/** Rows by descending score of one class, made once and measured often, as a bootstrap does. */
export interface Ranking {
  readonly order: Uint32Array;
  readonly scores: Float64Array;
  /** 1 for the rows that are of the class. */
  readonly positive: Uint8Array;
}

/** What is at or above a score. */
export interface Threshold {
  readonly score: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** @param outputs `width` values a row, of which `place` is the score. Rows of no known class are negatives. */
export function rank(
  actual: readonly number[],
  outputs: Float64Array,
  width: number,
  place: number,
): Ranking {
  const scores = Float64Array.from(actual, (_, row) => outputs[row * width + place] ?? 0);
  const order = Uint32Array.from(actual, (_, row) => row);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  return { order, scores, positive: Uint8Array.from(actual, (truth) => Number(truth === place)) };
}

/** One for each different score, from the highest down: equal scores fall together or not at all. */
export function thresholds({ order, scores, positive }: Ranking): Threshold[] {
  const found: Threshold[] = [];
  let [truePositives, falsePositives] = [0, 0];
  order.forEach((row, place) => {
    if (positive[row] === 1) truePositives++;
    else falsePositives++;
    const score = scores[row] ?? 0;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== score) found.push({ score, truePositives, falsePositives });
  });
  return found;
}

interface Areas {
  /** Null where there are only rows of the class, or none. */
  rocArea: number | null;
  /** Null where no row is of the class. */
  averagePrecision: number | null;
}

/**
 * The area under the ROC curve by trapezoids, as scikit-learn's `roc_auc_score`, and Σ (Rₙ − Rₙ₋₁) Pₙ, as its
 * `average_precision_score`. Allocates nothing, because a bootstrap asks a thousand times.
 * @param weights how often each row counts; once unless given
 */
export function areasOf({ order, scores, positive }: Ranking, weights?: Float64Array): Areas {
  let [hits, misses, hitsBefore, missesBefore, area, precisions] = [0, 0, 0, 0, 0, 0];
  for (let place = 0; place < order.length; place++) {
    const row = order[place] ?? 0;
    const weight = weights ? (weights[row] ?? 0) : 1;
    if (positive[row] === 1) hits += weight;
    else misses += weight;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) continue;
    area += ((misses - missesBefore) * (hits + hitsBefore)) / 2;
    if (hits > hitsBefore) precisions += ((hits - hitsBefore) * hits) / (hits + misses);
    [hitsBefore, missesBefore] = [hits, misses];
  }
  return {
    rocArea: hits > 0 && misses > 0 ? area / (hits * misses) : null,
    averagePrecision: hits > 0 ? precisions / hits : null,
  };
}
