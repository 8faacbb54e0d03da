import { type Mixture, normalize, score, type Scorer, scorerOf } from "./mixture.js";
import type { Points } from "./points.js";

/** Sums over the rows, each weighted by how much it belongs to a component. */
interface Sums {
  shares: Float64Array;
  /** Deviations from `centres`, and the lower triangles of their products. */
  first: Float64Array;
  second: Float64Array;
}

const emptySums = (count: number, width: number): Sums => ({
  shares: new Float64Array(count),
  first: new Float64Array(count * width),
  second: new Float64Array(count * width * width),
});

/** `share` of one row; `deviation` is room to work in. */
function addRow(sums: Sums, place: number, share: number, deviation: Float64Array): void {
  const { length: width } = deviation;
  const { shares, first, second } = sums;
  shares[place] = (shares[place] ?? 0) + share;
  for (let line = 0; line < width; line++) {
    const weighted = share * (deviation[line] ?? 0);
    first[place * width + line] = (first[place * width + line] ?? 0) + weighted;
    const at = (place * width + line) * width;
    for (let column = 0; column <= line; column++)
      second[at + column] = (second[at + column] ?? 0) + weighted * (deviation[column] ?? 0);
  }
}

function deviate(points: Points, row: number, centres: Float64Array, place: number, out: Float64Array): void {
  const { values, width } = points;
  for (let column = 0; column < width; column++)
    out[column] = (values[row * width + column] ?? 0) - (centres[place * width + column] ?? 0);
}

/**
 * The mixture that suits the sums best. `prior` is added to the diagonal of each component's sum of squares, so that no
 * variance vanishes however few rows or however dependent columns there are.
 */
function maximise(
  { shares, first, second }: Sums,
  centres: Float64Array,
  rows: number,
  prior: number,
): Mixture {
  const count = shares.length;
  const width = centres.length / count;
  const means = new Float64Array(centres);
  const covariances = new Float64Array(second.length);
  for (let place = 0; place < count; place++) {
    // A component that lost all its rows stays where it is and grows wide instead of dividing by zero.
    const share = Math.max(shares[place] ?? 0, leastShare);
    const shift = Float64Array.from({ length: width }, (_, at) => (first[place * width + at] ?? 0) / share);
    for (let line = 0; line < width; line++) {
      means[place * width + line] = (centres[place * width + line] ?? 0) + (shift[line] ?? 0);
      const at = (place * width + line) * width;
      for (let column = 0; column <= line; column++) {
        const ridge = line === column ? prior / share : 0;
        covariances[at + column] =
          (second[at + column] ?? 0) / share - (shift[line] ?? 0) * (shift[column] ?? 0) + ridge;
      }
    }
  }
  return { weights: shares.map((share) => Math.max(share, leastShare) / rows), means, covariances };
}

const leastShare = 1e-6;

/** The mixture of clusters that share no row, where EM begins. */
export function mixtureOf(points: Points, labels: Int32Array, centres: Float64Array, prior: number): Mixture {
  const { rows, width } = points;
  const sums = emptySums(centres.length / width, width);
  const deviation = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const place = labels[row] ?? 0;
    deviate(points, row, centres, place, deviation);
    addRow(sums, place, 1, deviation);
  }
  return maximise(sums, centres, rows, prior);
}

/** Sum of the squares of the whitenings, that is the trace of the inverse covariances. */
const precision = ({ whitenings }: Scorer): number =>
  whitenings.reduce((sum, value) => sum + value * value, 0);

interface EmStep {
  mixture: Mixture;
  /** Of the mixture before the step: the log-likelihood of all rows, in nats. */
  logLikelihood: number;
  /** That with the prior's logarithm, which no step lowers. */
  logPosterior: number;
}

/**
 * One step of expectation maximisation (Dempster, Laird and Rubin 1977) towards the most probable mixture. The prior
 * on a covariance S has the log density -prior/2 · tr S⁻¹, an inverse Wishart one without its determinant (after Fraley
 * and Raftery 2007).
 */
export function emStep(points: Points, mixture: Mixture, prior: number): EmStep {
  const { rows, width } = points;
  const scorer = scorerOf(mixture);
  const count = mixture.weights.length;
  const sums = emptySums(count, width);
  const [shares, deviation] = [new Float64Array(count), new Float64Array(width)];
  let logLikelihood = 0;
  for (let row = 0; row < rows; row++) {
    score(scorer, points, row, shares);
    logLikelihood += normalize(shares);
    for (let place = 0; place < count; place++) {
      const share = shares[place] ?? 0;
      if (share === 0) continue;
      deviate(points, row, mixture.means, place, deviation);
      addRow(sums, place, share, deviation);
    }
  }
  return {
    // Deviations are from the means before, which are near the new ones: far from zero no digits are lost.
    mixture: maximise(sums, mixture.means, rows, prior),
    logLikelihood,
    logPosterior: logLikelihood - (prior / 2) * precision(scorer),
  };
}
