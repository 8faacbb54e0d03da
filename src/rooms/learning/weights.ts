import { type Architecture, sizeOf, weightShapes } from "./architecture.js";

/** Added to the variance before its root; training and serving must use the same. */
export const normalizationEpsilon = 1e-3;

/** Cuts an array of all weights into its named tensors. */
export function nameWeights(
  weights: Float32Array,
  architecture: Architecture,
  inputs: number,
  outputs: number,
): Map<string, { shape: number[]; values: Float32Array }> {
  const named = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape } of weightShapes(architecture, inputs, outputs)) {
    const size = sizeOf(shape);
    named.set(name, { shape, values: weights.subarray(at, at + size) });
    at += size;
  }
  return named;
}
