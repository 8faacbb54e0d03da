import {
  type LayerVariable,
  layers,
  regularizers,
  type Sequential,
  sequential,
} from "@tensorflow/tfjs-layers";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { type Architecture, type DenseLayer, sizeOf } from "./architecture.js";
import { normalizationEpsilon } from "./weights.js";

const activationNames = {
  RELU: "relu",
  TANH: "tanh",
  SIGMOID: "sigmoid",
  ELU: "elu",
  SELU: "selu",
  SOFTPLUS: "softplus",
  GELU: "gelu",
  LINEAR: "linear",
} as const;

function addLayer(model: Sequential, layer: DenseLayer, inputs: number): void {
  const { units, l2, dropout, batchNormalization } = layer;
  const kernelRegularizer = l2 > 0 ? regularizers.l2({ l2 }) : undefined;
  const inputShape = model.layers.length === 0 ? [inputs] : undefined;
  model.add(layers.dense({ units, kernelRegularizer, inputShape }));
  if (batchNormalization) model.add(layers.batchNormalization({ epsilon: normalizationEpsilon }));
  model.add(layers.activation({ activation: activationNames[layer.activation] }));
  // No seed: a seeded dropout would silence the same units in every step.
  if (dropout > 0) model.add(layers.dropout({ rate: dropout }));
}

/**
 * The network with fresh weights drawn from `Math.random`. Its output is linear: class scores before the softmax,
 * or the standardised number.
 */
export function buildNetwork(architecture: Architecture, inputs: number, outputs: number): Sequential {
  const model = sequential();
  for (const layer of architecture.layers) addLayer(model, layer, inputs);
  model.add(layers.dense({ units: outputs, inputShape: model.layers.length === 0 ? [inputs] : undefined }));
  return model;
}

/** Variables in the order of `weightShapes`, that is layer by layer. */
export const networkVariables = (model: Sequential): LayerVariable[] =>
  model.layers.flatMap((layer) => layer.weights);

/** All weights as one array, in the order of `weightShapes`. */
export function readWeights(model: Sequential): Float32Array {
  const parts = networkVariables(model).map((variable) => variable.read().dataSync<"float32">());
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Puts weights back that `readWeights` gave. */
export function writeWeights(model: Sequential, weights: Float32Array): void {
  let at = 0;
  for (const variable of networkVariables(model)) {
    const shape = variable.shape.map((side) => side ?? 1);
    const size = sizeOf(shape);
    // A new tensor each: the kernels cache packed weights by tensor and would go on using the old ones.
    const value: Tensor = tensor(weights.slice(at, at + size), shape);
    variable.write(value);
    value.dispose();
    at += size;
  }
}
