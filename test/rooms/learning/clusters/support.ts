import type { ClusterAlgorithm, ClusteringInput } from "../../../../src/rooms/learning/clusters/index.js";
import type { Points } from "../../../../src/rooms/learning/clusters/points.js";
import type { ClusteringMetrics, LearningPlan } from "../../../../src/rooms/learning/index.js";
import type { LearningResult } from "../../../../src/rooms/learning/learning.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { dataSet, type LoadedSet } from "../data.js";

/** Rows in balls around centres that lie on a circle, which every method finds where they are far apart. */
export function balls(clusters: number, each: number, width = 2, spread = 0.2, seed = 1): Points {
  const random = seededRandom(seed, "balls");
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const values = Float32Array.from({ length: clusters * each * width }, (_, at) => {
    const cluster = Math.floor(at / width) % clusters;
    const turn = (2 * Math.PI * cluster) / clusters + ((at % width) * Math.PI) / 2;
    return 3 * Math.cos(turn) + spread * normal();
  });
  return { values, rows: clusters * each, width };
}

/** A data set without its answers; `columns` are read where some are named. */
export function unlabelled(
  name: "penguins" | "digits-8x8",
  clustering: ClusteringInput,
  columns?: readonly string[],
): LoadedSet & { plan: LearningPlan; truth: string[] } {
  const loaded = dataSet(name);
  const { table, plan } = loaded;
  const target = table.columns.indexOf(plan.task.target ?? "");
  const features = plan.task.features.filter(({ column }) => !columns || columns.includes(column));
  return {
    ...loaded,
    truth: table.rows.map((row) => row[target] ?? ""),
    plan: { task: { type: "CLUSTERING", target: null, features }, hyperparameters: { clustering }, seed: 1 },
  };
}

export const measurements = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];

export const penguinClusters = (algorithm: ClusterAlgorithm, clusters: number | null = 3) =>
  unlabelled("penguins", { algorithm, clusters }, measurements);

export function metricsOf({ metrics }: Pick<LearningResult, "metrics">): ClusteringMetrics {
  if (!("silhouette" in metrics)) throw new Error("These are no metrics of clusters.");
  return metrics;
}

const pairs = (count: number): number => (count * (count - 1)) / 2;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

function counted<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Agreement of two partitions, 1 where they are the same and about 0 by chance (Hubert and Arabie 1985). */
export function adjustedRandIndex(one: readonly unknown[], other: readonly unknown[]): number {
  const together = (keys: readonly unknown[]): number =>
    sum([...counted(keys).values()].map((count) => pairs(count)));
  const both = together(one.map((label, row) => JSON.stringify([label, other[row]])));
  const [first, second] = [together(one), together(other)];
  const expected = (first * second) / pairs(one.length);
  return (both - expected) / ((first + second) / 2 - expected);
}
