import {
  add,
  concat,
  getBackend,
  matMul,
  minimum,
  mul,
  relu,
  reshape,
  softmax,
  sub,
  tensor,
  type Tensor,
  type Tensor3D,
  tile,
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
  tokens?: Tensor,
): Tensor3D {
  const [query, key, value] = [queries, keys, values].map((part) => divide(part, heads)) as [
    Tensor3D,
    Tensor3D,
    Tensor3D,
  ];
  const scores = matMul(mul<Tensor3D>(query, 1 / Math.sqrt(query.shape[2])), key, false, true);
  const masks = [
    ...(causal ? [soFar(scores.shape[1] ?? 1)] : []),
    ...(tokens ? [realKeys(tokens, heads)] : []),
  ];
  // A score of a key that is not seen ends far below the others; who sees none at all is left with zeros.
  const seen = masks.reduce((sum, mask) => add<Tensor3D>(sum, mul(sub(mask, 1), 1e9)), scores);
  const shares = masks.reduce((kept, mask) => mul<Tensor3D>(kept, mask), softmax(seen));
  return unite(matMul(shares, value), heads);
}

/** [steps, steps]: 1 for a step and those before it, 0 for steps to come. */
const soFar = (steps: number): Tensor =>
  tensor(
    Float32Array.from({ length: steps * steps }, (_, at) => Number(at % steps <= Math.floor(at / steps))),
    [steps, steps],
  );

/** Of tokens [batch, steps] 1 for each key that is none of padding, as [batch × heads, 1, steps]. */
function realKeys(tokens: Tensor, heads: number): Tensor {
  const [batch = 1, steps = 1] = tokens.shape;
  const real = reshape(minimum(tokens, 1), [batch, 1, steps]);
  return reshape(tile(real, [1, heads, 1]), [batch * heads, 1, steps]);
}

/**
 * Multi-head scaled dot-product self-attention over [batch, steps, d]: softmax(QKᵀ / √(d / heads))V in each head, the
 * heads side by side through one more linear map (Vaswani et al. 2017, section 3.2). In one kernel of ours, or by parts
 * on the oracle of tests, which has none of ours. With `causal` a step sees itself and those before it; with the `tokens`
 * [batch, steps] that the steps stand for, nobody sees padding.
 */
export function selfAttention(
  x: Tensor3D,
  weights: AttentionWeights,
  heads: number,
  causal = false,
  tokens?: Tensor,
): Tensor3D {
  const maps = [weights.query, weights.key, weights.value];
  if (getBackend() === kernels.backend) {
    const kernel = concat(
      maps.map((map) => map.kernel),
      1,
    );
    const joined = mapSteps(x, { kernel, bias: concat(maps.map((map) => map.bias)) });
    return mapSteps(attendJoined(joined, heads, causal, tokens) as Tensor3D, weights.output);
  }
  const [queries, keys, values] = maps.map((map) => mapSteps(x, map)) as [Tensor3D, Tensor3D, Tensor3D];
  return mapSteps(attendByParts(queries, keys, values, heads, causal, tokens), weights.output);
}
