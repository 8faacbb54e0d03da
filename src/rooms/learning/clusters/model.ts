import { type Mixture, normalize, score, scorerOf } from "./mixture.js";
import { type Points, squaredDistance } from "./points.js";

/** Centres whose clusters are balls of one variance and one weight. */
export interface KMeansModel {
  algorithm: "K_MEANS";
  centres: Float64Array;
  /** Of a column, shared by all clusters. */
  variance: number;
}
interface MixtureModel {
  algorithm: "GAUSSIAN_MIXTURE";
  mixture: Mixture;
}
/** Clusters as they were found. */
export type ClusterModel = KMeansModel | MixtureModel;

export const centresOf = (model: ClusterModel): Float64Array =>
  model.algorithm === "K_MEANS" ? model.centres : model.mixture.means;

/** Writes the log density of a row in each cluster plus the cluster's log weight into `out`. */
type Score = (points: Points, row: number, out: Float64Array) => void;

function ballScore({ centres, variance }: KMeansModel): Score {
  return (points, row, out) => {
    const { width } = points;
    const offset = -Math.log(out.length) - (width / 2) * Math.log(2 * Math.PI * variance);
    for (let place = 0; place < out.length; place++)
      out[place] = offset - squaredDistance(points, row, centres, place * width) / (2 * variance);
  };
}

function scoreOf(model: ClusterModel): Score {
  if (model.algorithm === "K_MEANS") return ballScore(model);
  const scorer = scorerOf(model.mixture);
  return (points, row, out) => score(scorer, points, row, out);
}

/** What a model says of rows. */
interface Membership {
  /** The likeliest cluster of each row. */
  labels: Int32Array;
  /** [rows, clusters] */
  responsibilities: Float64Array;
  /** Of all rows, in nats. */
  logLikelihood: number;
}

export function membershipOf(model: ClusterModel, points: Points, clusters: number): Membership {
  const scores = scoreOf(model);
  const labels = new Int32Array(points.rows);
  const responsibilities = new Float64Array(points.rows * clusters);
  let logLikelihood = 0;
  for (let row = 0; row < points.rows; row++) {
    const shares = responsibilities.subarray(row * clusters, (row + 1) * clusters);
    scores(points, row, shares);
    logLikelihood += normalize(shares);
    labels[row] = shares.reduce((best, share, place) => (share > (shares[best] ?? 0) ? place : best), 0);
  }
  return { labels, responsibilities, logLikelihood };
}

/** Numbers that the data decided: what the Bayesian information criterion charges for. */
export function freeParameters({ algorithm }: ClusterModel, clusters: number, width: number): number {
  if (algorithm === "K_MEANS") return clusters * width + 1;
  return clusters * (width + (width * (width + 1)) / 2) + clusters - 1;
}

/** The same clusters in another order. */
export function reordered(model: ClusterModel, order: readonly number[]): ClusterModel {
  const pick = (values: Float64Array): Float64Array => {
    const size = values.length / order.length;
    const picked = new Float64Array(values.length);
    order.forEach((from, to) => picked.set(values.subarray(from * size, (from + 1) * size), to * size));
    return picked;
  };
  if (model.algorithm === "K_MEANS") return { ...model, centres: pick(model.centres) };
  const { weights, means, covariances } = model.mixture;
  return {
    ...model,
    mixture: { weights: pick(weights), means: pick(means), covariances: pick(covariances) },
  };
}
