import { add, mean, mul, rsqrt, square, sub, type Tensor } from "@tensorflow/tfjs-core";

/** Added to a variance before its root; training, serving and export must use the same. */
export const normalizationEpsilon = 1e-3;

/**
 * Layer normalisation over the last axis (Ba, Kiros & Hinton 2016) by broadcasting: the library's own layer goes
 * through Tile, whose gradient makes a slice of each repeat.
 */
export function normalizeLast(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const centred = sub(x, mean(x, -1, true));
  const variance = mean(square(centred), -1, true);
  return add(mul(mul(centred, rsqrt(add(variance, normalizationEpsilon))), gamma), beta);
}
