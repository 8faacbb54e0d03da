import type { ClusteringMetrics } from "../metrics.js";
import type { Clusters } from "./clusterer.js";
import { daviesBouldin, sampleOf, silhouette } from "./indices.js";
import { centresOf, membershipOf } from "./model.js";
import { pickColumns, type Points, squaredDistance } from "./points.js";

/**
 * How well clusters describe rows that were not learnt from. The labels are those of the network as it will be served;
 * distances and densities come from the model behind it, in double precision and by the encoded values.
 * @param encoded the held-out rows as the network reads them
 * @param labels the network's answer for each
 */
export function clusteringMetrics(
  { model, sizes, columns, candidates }: Clusters,
  encoded: Points,
  labels: readonly number[],
  seed: number,
): ClusteringMetrics {
  const points = pickColumns(encoded, columns);
  const clusters = sizes.length;
  const centres = centresOf(model);
  const inertia = labels.reduce(
    (sum, label, row) => sum + squaredDistance(points, row, centres, label * points.width),
    0,
  );
  const { logLikelihood } = membershipOf(model, points, clusters);
  const rows = Math.max(1, points.rows);
  const counts = sizes.map((_, place) => labels.filter((label) => label === place).length);
  return {
    silhouette: silhouette(points, labels, clusters, sampleOf(points, seed)),
    daviesBouldin: daviesBouldin(points, labels, clusters),
    inertia,
    logLikelihood: logLikelihood / rows,
    loss: model.algorithm === "K_MEANS" ? inertia / rows : -logLikelihood / rows,
    rows: points.rows,
    clusters: sizes.map((trainingRows, place) => ({
      label: String(place + 1),
      trainingRows,
      rows: counts[place] ?? 0,
    })),
    candidates: candidates.map((candidate) => ({ ...candidate, chosen: candidate.clusters === clusters })),
  };
}
