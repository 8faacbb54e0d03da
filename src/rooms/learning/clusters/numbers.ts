import { badInput } from "../../../kernel/errors.js";
import { type Architecture, architectureLimits, faultsOf } from "../architecture/index.js";
import { unusable } from "../errors.js";
import { squaredLayer } from "./network.js";
import { type ClusteringSettings, clusterLimits } from "./settings.js";

const place = "hyperparameters.clustering";

/** What is known of the rows before any cluster is looked for. */
interface Extent {
  rows: number;
  /** Inputs of the network, and those of them that vary. */
  inputs: number;
  width: number;
  distinct: number;
}

/** The network of so many clusters has its weights, or more than a network may have. */
function fits({ algorithm }: ClusteringSettings, { inputs, width }: Extent, clusters: number): boolean {
  const units = clusters * width;
  if (algorithm === "GAUSSIAN_MIXTURE" && units > architectureLimits.units) return false;
  const layers: Architecture = algorithm === "K_MEANS" ? { layers: [] } : squaredLayer(units);
  return faultsOf(layers, { shape: [inputs] }, clusters, 1).length === 0;
}

const at = `${place}.clusters`;

/** Different rows that have to be told apart to answer `numbersOf`. */
export const distinctNeeded = ({ clusters, mostClusters }: ClusteringSettings): number =>
  Math.max(2, clusters ?? mostClusters ?? clusterLimits.tried.most);

/**
 * The numbers of clusters to try: the one that is asked for, or all up to the most that the rows and a network can have.
 * A mixture may come out as one cluster, of which the silhouette of k-means can say nothing.
 * @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE
 */
export function numbersOf(settings: ClusteringSettings, extent: Extent): number[] {
  const { algorithm, clusters, mostClusters } = settings;
  const { distinct, rows, width } = extent;
  if (distinct < 2)
    throw unusable(
      at,
      "All training rows look the same to the model. Choose features that differ between rows.",
    );
  const asked = clusters ?? mostClusters ?? 2;
  if (clusters !== null && distinct < clusters)
    throw unusable(
      at,
      `The training rows have only ${distinct} different rows, fewer than ${clusters} clusters. Ask for at most ${distinct}.`,
    );
  const least = clusters ?? (algorithm === "K_MEANS" ? 2 : 1);
  const most = clusters ?? Math.min(asked, distinct, rows - 1);
  const numbers = Array.from({ length: Math.max(1, most - least + 1) }, (_, at) => least + at);
  const possible = numbers.filter((number) => fits(settings, extent, number));
  if (possible.length > 0) return possible;
  const advice = algorithm === "K_MEANS" ? "fewer features" : "K_MEANS, fewer features";
  throw badInput(
    `${place}.${algorithm === "K_MEANS" ? "clusters" : "algorithm"}`,
    `${least === 1 ? "Clusters" : `${least} clusters`} over ${width} inputs need more weights than a network may have. Choose ${advice} or fewer clusters.`,
  );
}
