import { whiteningOf } from "./cholesky.js";
import type { Points } from "./points.js";

/** Normal distributions with full covariances, of which the lower triangles count. */
export interface Mixture {
  /** Shares of the rows; they sum to 1. */
  weights: Float64Array;
  /** [components, width] */
  means: Float64Array;
  /** [components, width, width] */
  covariances: Float64Array;
}

/** A mixture made ready to score rows. */
export interface Scorer {
  /** Logarithm of the weight and of what makes the density's integral 1. */
  offsets: Float64Array;
  /** [components, width, width], by `whiteningOf`. */
  whitenings: Float64Array;
  means: Float64Array;
  width: number;
}

/** Inverts each covariance once, so that scoring a row is products and sums alone. */
export function scorerOf({ weights, means, covariances }: Mixture): Scorer {
  const count = weights.length;
  const width = means.length / count;
  const size = width * width;
  const whitenings = new Float64Array(covariances.length);
  const offsets = new Float64Array(count);
  for (let place = 0; place < count; place++) {
    const whitening = whiteningOf(covariances.subarray(place * size, (place + 1) * size), width);
    whitenings.set(whitening, place * size);
    let offset = Math.log(weights[place] ?? 0) - (width / 2) * Math.log(2 * Math.PI);
    for (let at = 0; at < size; at += width + 1) offset += Math.log(whitening[at] ?? 1);
    offsets[place] = offset;
  }
  return { offsets, whitenings, means, width };
}

/** The log density of one row in each component plus the component's log weight, into `out`. */
export function score(scorer: Scorer, points: Points, row: number, out: Float64Array): void {
  const { offsets, whitenings, means, width } = scorer;
  const { values } = points;
  const from = row * width;
  for (let place = 0; place < offsets.length; place++) {
    let distance = 0;
    for (let line = 0; line < width; line++) {
      const at = (place * width + line) * width;
      let sum = 0;
      for (let column = 0; column <= line; column++)
        sum +=
          (whitenings[at + column] ?? 0) *
          ((values[from + column] ?? 0) - (means[place * width + column] ?? 0));
      distance += sum * sum;
    }
    out[place] = (offsets[place] ?? 0) - distance / 2;
  }
}

/** Scores become shares that sum to 1; answers the logarithm of the sum of their exponentials. */
export function normalize(scores: Float64Array): number {
  let [top, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const value of scores) top = Math.max(top, value);
  for (let place = 0; place < scores.length; place++)
    sum += scores[place] = Math.exp((scores[place] ?? 0) - top);
  for (let place = 0; place < scores.length; place++) scores[place] = (scores[place] ?? 0) / sum;
  return top + Math.log(sum);
}
