import { silhouette } from "./indices.js";
import { assign } from "./lloyd.js";
import { type ClusterModel, centresOf, freeParameters, membershipOf } from "./model.js";
import type { Points } from "./points.js";

/** A number of clusters that was tried, measured on the rows that were learnt from. */
export interface ClusterCandidate {
  clusters: number;
  /** Higher is better; null where there are too few clusters or rows. */
  silhouette: number | null;
  /** Bayesian information criterion; lower is better. */
  bic: number;
  /** Sum of the squared distances from the nearest centre. */
  inertia: number;
  /** Of all rows, in nats. */
  logLikelihood: number;
}

/**
 * Both criteria for one number of clusters. The Bayesian information criterion (Schwarz 1978) of k-means is that of
 * the balls of one variance by which it gives its confidence.
 */
export function candidateOf(
  model: ClusterModel,
  points: Points,
  clusters: number,
  sample: readonly number[],
): ClusterCandidate {
  const { labels, logLikelihood } = membershipOf(model, points, clusters);
  const free = freeParameters(model, clusters, points.width);
  return {
    clusters,
    silhouette: silhouette(points, labels, clusters, sample),
    bic: free * Math.log(points.rows) - 2 * logLikelihood,
    inertia: assign(points, centresOf(model)).inertia,
    logLikelihood,
  };
}

/** What a candidate costs by the algorithm's criterion; the least wins, and the first of equals. */
export const costOf = (
  { algorithm }: Pick<ClusterModel, "algorithm">,
  { silhouette: width, bic }: ClusterCandidate,
): number => (algorithm === "GAUSSIAN_MIXTURE" ? bic : -(width ?? Number.NEGATIVE_INFINITY));
