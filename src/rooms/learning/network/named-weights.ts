import { type Architecture, type InputShape, sizeOf, weightShapes } from "../architecture/index.js";

/** Cuts an array of all weights into its named tensors. */
export function nameWeights(
  weights: Float32Array,
  architecture: Architecture,
  input: InputShape,
  outputs: number,
): Map<string, { shape: number[]; values: Float32Array }> {
  const named = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape } of weightShapes(architecture, input, outputs)) {
    const size = sizeOf(shape);
    named.set(name, { shape, values: weights.subarray(at, at + size) });
    at += size;
  }
  return named;
}
