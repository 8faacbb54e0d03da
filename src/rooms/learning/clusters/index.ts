// Rows without an answer, put into clusters: k-means and mixtures of normal distributions, each as a network that
// answers for new rows. Pure computing in double precision; the same rows, settings and seed give the same bits.
export { clusterAlgorithms, clusteringSchema, clusterLimits, parseClustering } from "./settings.js";
export type { ClusterAlgorithm, ClusteringInput, ClusteringSettings } from "./settings.js";
export { startClusters } from "./start.js";
