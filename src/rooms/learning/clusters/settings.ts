import { z } from "zod";
import { badInput } from "../../../kernel/errors.js";
import { bounded } from "../hyperparameter-limits.js";
import { parseInput } from "../validate.js";

export const clusterAlgorithms = ["K_MEANS", "GAUSSIAN_MIXTURE"] as const;
export type ClusterAlgorithm = (typeof clusterAlgorithms)[number];

/** As many labels as a person can tell apart; each number of clusters that is tried costs a whole search. */
export const clusterLimits = { clusters: { least: 2, most: 100 }, tried: { least: 2, most: 30 } };
const defaultMost = 10;

export const clusteringSchema = z.strictObject({
  algorithm: z.enum(clusterAlgorithms).nullish(),
  clusters: bounded(z.int(), clusterLimits.clusters).nullish(),
  mostClusters: bounded(z.int(), clusterLimits.tried).nullish(),
});
export type ClusteringInput = z.input<typeof clusteringSchema>;

export interface ClusteringSettings {
  algorithm: ClusterAlgorithm;
  /** How many clusters there are; null where a criterion is to choose. */
  clusters: number | null;
  /** The most that the criterion may choose; null where the number is given. */
  mostClusters: number | null;
}

/**
 * The caller's choices over the suitable ones; what it answers may be given to it again.
 * @throws BAD_USER_INPUT with places below `hyperparameters.clustering`
 */
export function parseClustering(input: unknown): ClusteringSettings {
  const { algorithm, clusters, mostClusters } = parseInput(
    clusteringSchema,
    input ?? {},
    "hyperparameters.clustering",
  );
  if (clusters && mostClusters)
    throw badInput(
      "hyperparameters.clustering.mostClusters",
      "Either the number of clusters is given or it is chosen. Leave one of clusters and mostClusters out.",
    );
  return {
    algorithm: algorithm ?? "K_MEANS",
    clusters: clusters ?? null,
    mostClusters: clusters ? null : (mostClusters ?? defaultMost),
  };
}
