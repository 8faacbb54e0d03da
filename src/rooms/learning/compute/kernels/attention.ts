import { exp4 } from "./exponential";
import { gemm } from "./gemm";
import { lanesSum } from "./reduction";

/** Numbers from one row of shares to the next: whole lanes of four, so that a row needs no remainder. */
function shareStep(seen: i32): i32 {
  return (seen + 3) & ~3;
}

/**
 * Scaled dot-product attention of several heads (Vaswani et al., 2017): queries [batch, places, width], keys and values
 * [batch, seen, width], their rows `step` numbers apart; each head has a slice of the width. Writes the shares [batch,
 * heads, places, seen up to a multiple of four] and the output [batch, places, width]. With `causal` a place sees itself
 * and those before it. Keys whose `tokens` [batch, seen] begin with zeros are padding: a row's shares are those of the
 * keys behind it, so that what nobody sees costs nothing. `tokens` is 0 where there is no padding.
 */
export function attention(
  queries: usize,
  keys: usize,
  values: usize,
  tokens: usize,
  shares: usize,
  out: usize,
  batch: i32,
  places: i32,
  seen: i32,
  width: i32,
  step: i32,
  heads: i32,
  causal: bool,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const row = shareStep(seen);
  for (let b = 0; b < batch; b++) {
    const padding = paddingOf(tokens, b, seen);
    const real = seen - padding;
    if (real == 0) zeroRows(out + ((<usize>(b * places * width)) << 2), places, width, width);
    for (let h = 0; h < heads; h++, shares += (<usize>(places * row)) << 2) {
      if (real == 0) continue;
      const at = (<usize>(b * places * step + h * size)) << 2;
      const from = (<usize>((b * seen + padding) * step + h * size)) << 2;
      const to = out + ((<usize>(b * places * width + h * size)) << 2);
      gemm(queries + at, step, 1, keys + from, 1, step, shares, row, places, real, size, false, scratch);
      for (let i = 0; i < places; i++) {
        const count = causal ? max(0, min(seen, i + 1) - padding) : real;
        softmaxRow(shares + ((<usize>(i * row)) << 2), row, count, scale);
      }
      gemm(shares, row, 1, values + from, step, 1, to, width, places, size, real, false, scratch);
    }
  }
}

/** How many tokens of a row are zeros before the first that is none. */
function paddingOf(tokens: usize, b: i32, seen: i32): i32 {
  if (tokens == 0) return 0;
  const row = tokens + ((<usize>(b * seen)) << 2);
  let count = 0;
  while (count < seen && load<f32>(row + ((<usize>count) << 2)) == 0) count++;
  return count;
}

/** Sets the first `width` numbers of rows that lie `step` numbers apart. */
function zeroRows(at: usize, rows: i32, width: i32, step: i32): void {
  for (let i = 0; i < rows; i++) memory.fill(at + ((<usize>(i * step)) << 2), 0, (<usize>width) << 2);
}

/** All bits of the lanes whose number is below `count`. */
function lanesBelow(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** The softmax of the first `count` numbers times `scale`, in place; the others of `size` become zero. */
function softmaxRow(row: usize, size: i32, count: i32, scale: f32): void {
  const end = row + ((<usize>(count & ~3)) << 2);
  const rest = lanesBelow(count & 3);
  const more = (count & 3) != 0;
  let tops = more ? v128.bitselect(v128.load(end), f32x4.splat(-Infinity), rest) : v128.load(row);
  for (let at = row; at < end; at += 16) tops = f32x4.max(tops, v128.load(at));
  const top = f32x4.splat(lanesMax(tops));
  const factor = f32x4.splat(scale);
  let lanes = f32x4.splat(0);
  for (let at = row; at < end; at += 16) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), top), factor));
    v128.store(at, e);
    lanes = f32x4.add(lanes, e);
  }
  if (more) {
    const e = v128.and(exp4(f32x4.mul(f32x4.sub(v128.load(end), top), factor)), rest);
    v128.store(end, e);
    lanes = f32x4.add(lanes, e);
  }
  const share = f32x4.splat(1 / lanesSum(lanes));
  const filled = more ? end + 16 : end;
  for (let at = row; at < filled; at += 16) v128.store(at, f32x4.mul(v128.load(at), share));
  const last = row + ((<usize>size) << 2);
  for (let at = filled; at < last; at += 16) v128.store(at, f32x4.splat(0));
}

function lanesMax(lanes: v128): f32 {
  const first = max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1));
  return max<f32>(first, max<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)));
}

/** Gradients to queries, keys and values, laid out as these; `work` has room for one head's shares. Padding gets none. */
export function attentionGradient(
  queries: usize,
  keys: usize,
  values: usize,
  tokens: usize,
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
  step: i32,
  heads: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const row = shareStep(seen);
  for (let b = 0; b < batch; b++) {
    const padding = paddingOf(tokens, b, seen);
    const real = seen - padding;
    const first = (<usize>(b * seen * step)) << 2;
    zeroRows(dKeys + first, padding, width, step);
    zeroRows(dValues + first, padding, width, step);
    if (real == 0) zeroRows(dQueries + ((<usize>(b * places * step)) << 2), places, width, step);
    for (let h = 0; h < heads; h++, shares += (<usize>(places * row)) << 2) {
      if (real == 0) continue;
      const at = (<usize>(b * places * step + h * size)) << 2;
      const from = (<usize>((b * seen + padding) * step + h * size)) << 2;
      const d = dy + ((<usize>(b * places * width + h * size)) << 2);
      gemm(shares, 1, row, d, width, 1, dValues + from, step, real, size, places, false, scratch);
      gemm(d, width, 1, values + from, 1, step, work, row, places, real, size, false, scratch);
      for (let i = 0; i < places; i++) {
        const line = (<usize>(i * row)) << 2;
        softmaxRowGradient(shares + line, work + line, real, scale);
      }
      gemm(work, row, 1, keys + from, step, 1, dQueries + at, step, places, size, real, false, scratch);
      gemm(work, 1, row, queries + at, step, 1, dKeys + from, step, real, size, places, false, scratch);
    }
  }
}

/** From the gradient of the shares to that of the scores before `scale`, in place. */
function softmaxRowGradient(share: usize, d: usize, count: i32, scale: f32): void {
  let lanes = f32x4.splat(0);
  const whole = (<usize>(count & ~3)) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) lanes = f32x4.relaxed_madd(v128.load(share + at), v128.load(d + at), lanes);
  // What lies in the last lanes beyond `count` was never written, and may be NaN.
  if ((count & 3) != 0)
    lanes = f32x4.add(
      lanes,
      v128.and(f32x4.mul(v128.load(share + at), v128.load(d + at)), lanesBelow(count & 3)),
    );
  const sum = f32x4.splat(lanesSum(lanes));
  const factor = f32x4.splat(scale);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const centred = f32x4.sub(v128.load(d + at), sum);
    v128.store(d + at, f32x4.mul(f32x4.mul(v128.load(share + at), centred), factor));
  }
}
