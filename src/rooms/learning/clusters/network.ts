import type { Architecture } from "../architecture/index.js";
import { joined } from "../joined.js";
import type { ClusterModel, KMeansModel } from "./model.js";
import { type Mixture, scorerOf } from "./mixture.js";

interface Network {
  architecture: Architecture;
  weights: Float32Array;
}

/** Where the clusters' columns are among all that the network reads. */
export interface Inputs {
  columns: readonly number[];
  width: number;
}

/** A row's own share of each score is left out, since the softmax cancels it: 2c·x - |c|², over twice the variance. */
function ballNetwork({ centres, variance }: KMeansModel, { columns, width }: Inputs): Network {
  const size = columns.length;
  const clusters = centres.length / size;
  const weights = new Float32Array((width + 1) * clusters);
  for (let cluster = 0; cluster < clusters; cluster++) {
    let norm = 0;
    columns.forEach((column, at) => {
      const value = centres[cluster * size + at] ?? 0;
      norm += value * value;
      weights[column * clusters + cluster] = value / variance;
    });
    weights[width * clusters + cluster] = -norm / (2 * variance);
  }
  return { architecture: { layers: [] }, weights };
}

/**
 * The hidden layer whitens a row for each component, and its squares are distances; the output halves their sums and
 * adds the logarithms of weight and scale. The largest of these is subtracted from all, which the softmax cancels and
 * which leaves single precision its digits.
 */
function mixtureNetwork(mixture: Mixture, { columns, width }: Inputs): Network {
  const { offsets, whitenings, means, width: size } = scorerOf(mixture);
  const clusters = offsets.length;
  const units = clusters * size;
  const kernel = new Float32Array(width * units);
  const bias = new Float32Array(units);
  const output = new Float32Array(units * clusters);
  for (let unit = 0; unit < units; unit++) {
    const cluster = Math.floor(unit / size);
    let shift = 0;
    columns.forEach((column, at) => {
      const value = whitenings[unit * size + at] ?? 0;
      kernel[column * units + unit] = value;
      shift += value * (means[cluster * size + at] ?? 0);
    });
    bias[unit] = -shift;
    output[unit * clusters + cluster] = -0.5;
  }
  const top = offsets.reduce((most, offset) => Math.max(most, offset), Number.NEGATIVE_INFINITY);
  const parts = [kernel, bias, output, Float32Array.from(offsets, (offset) => offset - top)];
  return { architecture: squaredLayer(units), weights: joined(parts) };
}

/** Squared distances along the axes of covariances: what a mixture of normal distributions needs of a network. */
export const squaredLayer = (units: number): Architecture => ({
  layers: [{ type: "DENSE", units, activation: "SQUARE", dropout: 0, l2: 0, batchNormalization: false }],
});

/**
 * The clusters as a network: the softmax of its scores are the responsibilities of the clusters for a row, by Bayes'
 * theorem. Weights in the order of `weightShapes`.
 */
export const networkOf = (model: ClusterModel, inputs: Inputs): Network =>
  model.algorithm === "K_MEANS" ? ballNetwork(model, inputs) : mixtureNetwork(model.mixture, inputs);
