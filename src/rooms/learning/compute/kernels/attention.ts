import { exp4 } from "./exponential";
import { gemm } from "./gemm";
import { lanesSum } from "./reduction";

/**
 * Scaled dot-product attention of several heads (Vaswani et al., 2017): queries [batch, places, width], keys and values
 * [batch, seen, width]; each head has a slice of the width. Writes the shares [batch, heads, places, seen] and the
 * output [batch, places, width]. With `causal` a place sees itself and those before it.
 */
export function attention(
  queries: usize,
  keys: usize,
  values: usize,
  shares: usize,
  out: usize,
  batch: i32,
  places: i32,
  seen: i32,
  width: i32,
  heads: i32,
  causal: bool,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++, shares += (<usize>(places * seen)) << 2) {
      const at = (<usize>(b * places * width + h * size)) << 2;
      const from = (<usize>(b * seen * width + h * size)) << 2;
      gemm(queries + at, width, 1, keys + from, 1, width, shares, seen, places, seen, size, false, scratch);
      for (let i = 0; i < places; i++)
        softmaxRow(shares + ((<usize>(i * seen)) << 2), seen, causal ? min(seen, i + 1) : seen, scale);
      gemm(shares, seen, 1, values + from, width, 1, out + at, width, places, size, seen, false, scratch);
    }
  }
}

/** The softmax of the first `count` numbers times `scale`, in place; the others become zero. */
function softmaxRow(row: usize, size: i32, count: i32, scale: f32): void {
  let most: f32 = -Infinity;
  for (let i = 0; i < count; i++) most = max<f32>(most, load<f32>(row + ((<usize>i) << 2)));
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = row + ((<usize>i) << 2);
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), f32x4.splat(most)), f32x4.splat(scale)));
    v128.store(at, e);
    lanes = f32x4.add(lanes, e);
  }
  let sum = lanesSum(lanes);
  for (; i < count; i++) {
    const at = row + ((<usize>i) << 2);
    const e = f32x4.extract_lane(exp4(f32x4.splat((load<f32>(at) - most) * scale)), 0);
    store<f32>(at, e);
    sum += e;
  }
  for (let j = 0; j < count; j++)
    store<f32>(row + ((<usize>j) << 2), load<f32>(row + ((<usize>j) << 2)) / sum);
  for (let j = count; j < size; j++) store<f32>(row + ((<usize>j) << 2), 0);
}

/** Gradients to queries, keys and values; `work` holds places×seen numbers. */
export function attentionGradient(
  queries: usize,
  keys: usize,
  values: usize,
  shares: usize,
  dy: usize,
  dQueries: usize,
  dKeys: usize,
  dValues: usize,
  work: usize,
  batch: i32,
  places: i32,
  seen: i32,
  width: i32,
  heads: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++, shares += (<usize>(places * seen)) << 2) {
      const at = (<usize>(b * places * width + h * size)) << 2;
      const from = (<usize>(b * seen * width + h * size)) << 2;
      gemm(shares, 1, seen, dy + at, width, 1, dValues + from, width, seen, size, places, false, scratch);
      gemm(dy + at, width, 1, values + from, 1, width, work, seen, places, seen, size, false, scratch);
      for (let i = 0; i < places; i++) {
        const row = (<usize>(i * seen)) << 2;
        softmaxRowGradient(shares + row, work + row, seen, scale);
      }
      gemm(work, seen, 1, keys + from, width, 1, dQueries + at, width, places, size, seen, false, scratch);
      gemm(work, 1, seen, queries + at, width, 1, dKeys + from, width, seen, size, places, false, scratch);
    }
  }
}

/** From the gradient of the shares to that of the scores before `scale`, in place. */
function softmaxRowGradient(share: usize, d: usize, size: i32, scale: f32): void {
  let lanes = f32x4.splat(0);
  const bytes = (<usize>size) << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16)
    lanes = f32x4.add(lanes, f32x4.mul(v128.load(share + at), v128.load(d + at)));
  let sum = lanesSum(lanes);
  for (; at < bytes; at += 4) sum += load<f32>(share + at) * load<f32>(d + at);
  at = 0;
  for (; at + 16 <= bytes; at += 16) {
    const centred = f32x4.sub(v128.load(d + at), f32x4.splat(sum));
    v128.store(d + at, f32x4.mul(f32x4.mul(v128.load(share + at), centred), f32x4.splat(scale)));
  }
  for (; at < bytes; at += 4) store<f32>(d + at, load<f32>(share + at) * (load<f32>(d + at) - sum) * scale);
}
