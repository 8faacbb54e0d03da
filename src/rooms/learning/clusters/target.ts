import { z } from "zod";
import { clusterAlgorithms, clusterLimits } from "./settings.js";

/** What a network of clusters answers: the number of one, as a class of its own, the largest first. */
export const clusterTargetSchema = z.strictObject({
  type: z.literal("CLUSTERING"),
  algorithm: z.enum(clusterAlgorithms),
  classes: z.array(z.string()).min(1).max(clusterLimits.clusters.most),
});
export type ClusterTarget = z.infer<typeof clusterTargetSchema>;

/** What answers call the column that no dataset has. */
export const clusterColumn = "cluster";

export const clusterTarget = (algorithm: ClusterTarget["algorithm"], clusters: number): ClusterTarget => ({
  type: "CLUSTERING",
  algorithm,
  classes: Array.from({ length: clusters }, (_, place) => String(place + 1)),
});
