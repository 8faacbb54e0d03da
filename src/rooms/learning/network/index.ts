/*
 * Networks: an architecture as tensors, to train (`buildNetwork`) and to serve (`forwardNetwork`). Both read and write
 * their weights in the order of `weightShapes`.
 */
import type { Architecture, InputShape } from "../architecture/index.js";
import { DenseForward, isDense } from "./dense-forward.js";
import type { Forward } from "./forward.js";
import { LayeredForward } from "./layered-forward.js";

export { buildNetwork, networkVariables, readWeights, writeWeights } from "./build.js";
export type { Forward } from "./forward.js";
export { freezeLayers } from "./freeze.js";
export { nameWeights } from "./named-weights.js";
export { normalizationEpsilon } from "./normalize.js";

/** The trained network as it serves. The back end must be started. */
export function forwardNetwork(
  architecture: Architecture,
  weights: Float32Array,
  input: InputShape,
  outputs: number,
): Forward {
  const [width, ...more] = input.shape;
  // Tables through dense layers are what is asked most often, and the shortest way to their answer.
  if (isDense(architecture) && width !== undefined && more.length === 0)
    return new DenseForward(architecture, weights, width, outputs);
  return new LayeredForward(architecture, weights, input, outputs);
}
