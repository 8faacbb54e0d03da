import { seededRandom, shuffled } from "../random.js";
import { type Points, rowOf, squaredDistance } from "./points.js";

/** Rows that are compared with one another; with more of them the figure hardly moves, and the work grows with the square. */
const mostSampled = 1_000;
const mostWork = 200_000_000;

/** Rows to take the silhouette of: all, or a part that is the same for every clustering of the same rows. */
export function sampleOf({ rows, width }: Points, seed: number): number[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  const most = Math.max(2, Math.min(mostSampled, Math.floor(Math.sqrt(mostWork / Math.max(1, width)))));
  if (rows <= most) return all;
  return shuffled(all, seededRandom(seed, "silhouette"))
    .slice(0, most)
    .sort((a, b) => a - b);
}

const countsOf = (labels: ArrayLike<number>, clusters: number): Float64Array => {
  const counts = new Float64Array(clusters);
  for (let row = 0; row < labels.length; row++)
    counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  return counts;
};

/**
 * Mean of (b - a) / max(a, b) over the sampled rows, a being a row's mean distance to the rows of its own cluster and b
 * that to the nearest other cluster (Rousseeuw 1987); a row alone in its cluster counts 0. Null unless there are rows
 * of two clusters or more, and more rows than clusters.
 */
export function silhouette(
  points: Points,
  labels: ArrayLike<number>,
  clusters: number,
  sample: readonly number[],
): number | null {
  const own = Int32Array.from(sample, (row) => labels[row] ?? 0);
  const counts = countsOf(own, clusters);
  const present = counts.filter((count) => count > 0).length;
  if (present < 2 || present >= sample.length) return null;
  let total = 0;
  const sums = new Float64Array(clusters);
  sample.forEach((row, place) => {
    sums.fill(0);
    const point = rowOf(points, row);
    sample.forEach((other, at) => {
      const cluster = own[at] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + Math.sqrt(squaredDistance(points, other, point, 0));
    });
    total += widthOf(sums, counts, own[place] ?? 0);
  });
  return total / sample.length;
}

function widthOf(sums: Float64Array, counts: Float64Array, own: number): number {
  const mates = (counts[own] ?? 0) - 1;
  if (mates === 0) return 0;
  const within = (sums[own] ?? 0) / mates;
  let nearest = Number.POSITIVE_INFINITY;
  sums.forEach((sum, cluster) => {
    const count = counts[cluster] ?? 0;
    if (cluster !== own && count > 0) nearest = Math.min(nearest, sum / count);
  });
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}

interface Centroids {
  counts: Float64Array;
  means: Float64Array;
}

function centroidsOf(points: Points, labels: ArrayLike<number>, clusters: number): Centroids {
  const { values, rows, width } = points;
  const counts = countsOf(labels, clusters);
  const means = new Float64Array(clusters * width);
  for (let row = 0; row < rows; row++) {
    const cluster = labels[row] ?? 0;
    for (let column = 0; column < width; column++) {
      const at = cluster * width + column;
      means[at] = (means[at] ?? 0) + (values[row * width + column] ?? 0) / (counts[cluster] ?? 1);
    }
  }
  return { counts, means };
}

/**
 * Mean over the clusters of how alike a cluster and the one most like it are: the sum of their mean distances from
 * their centroids over the distance of these (Davies and Bouldin 1979). Less is better; null without two clusters.
 */
export function daviesBouldin(points: Points, labels: ArrayLike<number>, clusters: number): number | null {
  const { counts, means } = centroidsOf(points, labels, clusters);
  const { rows, width } = points;
  const scatter = new Float64Array(clusters);
  for (let row = 0; row < rows; row++) {
    const cluster = labels[row] ?? 0;
    const distance = Math.sqrt(squaredDistance(points, row, means, cluster * width));
    scatter[cluster] = (scatter[cluster] ?? 0) + distance / (counts[cluster] ?? 1);
  }
  const present = Array.from(counts.keys()).filter((cluster) => (counts[cluster] ?? 0) > 0);
  if (present.length < 2) return null;
  const centroids = { values: means, width };
  const worst = present.map((one) => {
    const ratios = present
      .filter((other) => other !== one)
      .map((other) => {
        const apart = Math.sqrt(squaredDistance(centroids, one, means, other * width));
        return apart === 0 ? 0 : ((scatter[one] ?? 0) + (scatter[other] ?? 0)) / apart;
      });
    return Math.max(...ratios);
  });
  return worst.reduce((sum, value) => sum + value, 0) / present.length;
}
