import { add, getBackend, mean, mul, rsqrt, square, sub, type Tensor } from "@tensorflow/tfjs-core";
import { kernels, layerNormalize } from "../compute/index.js";

/** Added to a variance before its root; training, serving and export must use the same. */
export const normalizationEpsilon = 1e-3;

/**
 * Layer normalisation over the last axis (Ba, Kiros & Hinton 2016): in one kernel of ours, or on the oracle of tests,
 * which has none of ours, by broadcasting.
 */
export function normalizeLast(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  if (getBackend() === kernels.backend) return layerNormalize(x, gamma, beta, normalizationEpsilon);
  const centred = sub(x, mean(x, -1, true));
  const variance = mean(square(centred), -1, true);
  return add(mul(mul(centred, rsqrt(add(variance, normalizationEpsilon))), gamma), beta);
}
