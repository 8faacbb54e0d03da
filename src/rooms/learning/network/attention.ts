import {
  add,
  matMul,
  mul,
  reshape,
  softmax,
  type Tensor,
  type Tensor3D,
  transpose,
} from "@tensorflow/tfjs-core";

/** Kernel [in, out] and bias [out] of one linear map. */
export interface Linear {
  kernel: Tensor;
  bias: Tensor;
}

/** Maps the last axis of [batch, steps, in]; one flat product, which the kernels do best. */
export function mapSteps(x: Tensor3D, { kernel, bias }: Linear): Tensor3D {
  const [batch, steps, channels] = x.shape;
  const flat = add(matMul(reshape(x, [batch * steps, channels]), kernel), bias);
  return reshape(flat, [batch, steps, -1]);
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

export interface AttentionWeights {
  query: Linear;
  key: Linear;
  value: Linear;
  output: Linear;
}

/**
 * Multi-head scaled dot-product self-attention over [batch, steps, d]: softmax(QKᵀ / √(d / heads))V in each head, the
 * heads side by side through one more linear map (Vaswani et al. 2017, section 3.2).
 */
export function attend(x: Tensor3D, weights: AttentionWeights, heads: number): Tensor3D {
  const [query, key, value] = [weights.query, weights.key, weights.value].map((map) =>
    divide(mapSteps(x, map), heads),
  ) as [Tensor3D, Tensor3D, Tensor3D];
  const scale = 1 / Math.sqrt(query.shape[2]);
  const scores = matMul(mul<Tensor3D>(query, scale), key, false, true);
  return mapSteps(unite(matMul(softmax(scores), value), heads), weights.output);
}
