import {
  add,
  concat,
  getBackend,
  matMul,
  mul,
  relu,
  reshape,
  softmax,
  tensor,
  type Tensor,
  type Tensor3D,
  transpose,
} from "@tensorflow/tfjs-core";
import { attendJoined, denseLayer, kernels } from "../compute/index.js";

/** Kernel [in, out] and bias [out] of one linear map. */
export interface Linear {
  kernel: Tensor;
  bias: Tensor;
}

/**
 * Maps the last axis of [batch, steps, in], with what is negative made zero where `relu`: in one kernel of ours, or as
 * one flat product on the oracle of tests.
 */
export function mapSteps(x: Tensor3D, { kernel, bias }: Linear, rectified = false): Tensor3D {
  if (getBackend() === kernels.backend) return denseLayer(x, kernel, bias, rectified) as Tensor3D;
  const [batch, steps, channels] = x.shape;
  const flat = add(matMul(reshape(x, [batch * steps, channels]), kernel), bias);
  const mapped = reshape(flat, [batch, steps, -1]) as Tensor3D;
  return rectified ? relu(mapped) : mapped;
}

/** [batch, steps, d] to [batch × heads, steps, d / heads]. */
function divide(x: Tensor3D, heads: number): Tensor3D {
  const [batch, steps, channels] = x.shape;
  const parts = transpose(reshape(x, [batch, steps, heads, channels / heads]), [0, 2, 1, 3]);
  return reshape(parts, [batch * heads, steps, channels / heads]);
}

function unite(x: Tensor3D, heads: number): Tensor3D {
  const [all, steps, width] = x.shape;
  const parts = transpose(reshape(x, [all / heads, heads, steps, width]), [0, 2, 1, 3]);
  return reshape(parts, [all / heads, steps, heads * width]);
}

interface AttentionWeights {
  query: Linear;
  key: Linear;
  value: Linear;
  output: Linear;
}

/** The same by operations that every back end has. */
function attendByParts(
  queries: Tensor3D,
  keys: Tensor3D,
  values: Tensor3D,
  heads: number,
  causal: boolean,
): Tensor3D {
  const [query, key, value] = [queries, keys, values].map((part) => divide(part, heads)) as [
    Tensor3D,
    Tensor3D,
    Tensor3D,
  ];
  const scores = matMul(mul<Tensor3D>(query, 1 / Math.sqrt(query.shape[2])), key, false, true);
  const seen = causal ? add<Tensor3D>(scores, notYet(scores.shape[1] ?? 1)) : scores;
  return unite(matMul(softmax(seen), value), heads);
}

/** What is added to the scores [steps, steps] of steps to come, so that the softmax leaves nothing of them. */
const notYet = (steps: number): Tensor =>
  tensor(
    Float32Array.from({ length: steps * steps }, (_, at) => (at % steps > Math.floor(at / steps) ? -1e9 : 0)),
    [steps, steps],
  );

/**
 * Multi-head scaled dot-product self-attention over [batch, steps, d]: softmax(QKᵀ / √(d / heads))V in each head, the
 * heads side by side through one more linear map (Vaswani et al. 2017, section 3.2). In one kernel of ours, or by parts
 * on the oracle of tests, which has none of ours. With `causal` a step sees itself and those before it.
 */
export function selfAttention(
  x: Tensor3D,
  weights: AttentionWeights,
  heads: number,
  causal = false,
): Tensor3D {
  const maps = [weights.query, weights.key, weights.value];
  if (getBackend() === kernels.backend) {
    const kernel = concat(
      maps.map((map) => map.kernel),
      1,
    );
    const joined = mapSteps(x, { kernel, bias: concat(maps.map((map) => map.bias)) });
    return mapSteps(attendJoined(joined, heads, causal) as Tensor3D, weights.output);
  }
  const [queries, keys, values] = maps.map((map) => mapSteps(x, map)) as [Tensor3D, Tensor3D, Tensor3D];
  return mapSteps(attendByParts(queries, keys, values, heads, causal), weights.output);
}
