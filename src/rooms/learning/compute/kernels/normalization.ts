import { lanesSum, sumRow } from "./reduction";

/** y = (x - mean) / √(variance + epsilon) · gamma + beta for each of `rows` rows of `size` numbers. */
export function layerNormalization(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  rows: i32,
  size: i32,
  epsilon: f32,
): void {
  for (let row = 0; row < rows; row++, x += size << 2, y += size << 2) {
    const mean: f32 = sumRow(x, size) / <f32>size;
    const scale: f32 = 1 / sqrt<f32>(variance(x, mean, size) + epsilon);
    let i = 0;
    for (; i + 4 <= size; i += 4) {
      const at = (<usize>i) << 2;
      const centred = f32x4.mul(f32x4.sub(v128.load(x + at), f32x4.splat(mean)), f32x4.splat(scale));
      v128.store(y + at, f32x4.add(f32x4.mul(centred, v128.load(gamma + at)), v128.load(beta + at)));
    }
    for (; i < size; i++) {
      const at = (<usize>i) << 2;
      const centred: f32 = (load<f32>(x + at) - mean) * scale;
      store<f32>(y + at, centred * load<f32>(gamma + at) + load<f32>(beta + at));
    }
  }
}

function variance(x: usize, mean: f32, size: i32): f32 {
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4, x += 16) {
    const d = f32x4.sub(v128.load(x), f32x4.splat(mean));
    lanes = f32x4.add(lanes, f32x4.mul(d, d));
  }
  let sum = lanesSum(lanes);
  for (; i < size; i++, x += 4) {
    const d: f32 = load<f32>(x) - mean;
    sum += d * d;
  }
  return sum / <f32>size;
}

/** The gradients of `layerNormalization` to x, gamma and beta. */
export function layerNormalizationGradient(
  x: usize,
  gamma: usize,
  dy: usize,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  rows: i32,
  size: i32,
  epsilon: f32,
): void {
  memory.fill(dGamma, 0, (<usize>size) << 2);
  memory.fill(dBeta, 0, (<usize>size) << 2);
  for (let row = 0; row < rows; row++, x += size << 2, dy += size << 2, dx += size << 2) {
    const mean: f32 = sumRow(x, size) / <f32>size;
    const scale: f32 = 1 / sqrt<f32>(variance(x, mean, size) + epsilon);
    const average = f32x4.splat(mean);
    const factor = f32x4.splat(scale);
    const whole = size & ~3;
    let sums = f32x4.splat(0);
    let weights = sums;
    for (let i: usize = 0; i < (<usize>whole) << 2; i += 16) {
      const share = v128.load(dy + i);
      const centred = f32x4.mul(f32x4.sub(v128.load(x + i), average), factor);
      const scaled = f32x4.mul(share, v128.load(gamma + i));
      sums = f32x4.add(sums, scaled);
      weights = f32x4.relaxed_madd(scaled, centred, weights);
      v128.store(dGamma + i, f32x4.relaxed_madd(share, centred, v128.load(dGamma + i)));
      v128.store(dBeta + i, f32x4.add(v128.load(dBeta + i), share));
    }
    let sum = lanesSum(sums);
    let weighted = lanesSum(weights);
    for (let i: usize = (<usize>whole) << 2; i < (<usize>size) << 2; i += 4) {
      const share = load<f32>(dy + i);
      const centred: f32 = (load<f32>(x + i) - mean) * scale;
      const scaled: f32 = share * load<f32>(gamma + i);
      sum += scaled;
      weighted += scaled * centred;
      store<f32>(dGamma + i, load<f32>(dGamma + i) + share * centred);
      store<f32>(dBeta + i, load<f32>(dBeta + i) + share);
    }
    sum /= <f32>size;
    weighted /= <f32>size;
    for (let i: usize = 0; i < (<usize>whole) << 2; i += 16) {
      const centred = f32x4.mul(f32x4.sub(v128.load(x + i), average), factor);
      const scaled = f32x4.sub(f32x4.mul(v128.load(dy + i), v128.load(gamma + i)), f32x4.splat(sum));
      const rest = f32x4.sub(scaled, f32x4.mul(centred, f32x4.splat(weighted)));
      v128.store(dx + i, f32x4.mul(rest, factor));
    }
    for (let i: usize = (<usize>whole) << 2; i < (<usize>size) << 2; i += 4) {
      const centred: f32 = (load<f32>(x + i) - mean) * scale;
      store<f32>(dx + i, (load<f32>(dy + i) * load<f32>(gamma + i) - sum - centred * weighted) * scale);
    }
  }
}
