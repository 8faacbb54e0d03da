import { exp4, logarithm } from "./exponential";
import { lanesSum } from "./reduction";

/**
 * The mean over rows of -Σ truth · log softmax(scores), both [rows, classes], into `loss`, and its gradient to the
 * scores into `gradient`. A row of truth may sum to other than one: its weight.
 */
export function crossEntropy(
  truth: usize,
  scores: usize,
  loss: usize,
  gradient: usize,
  rows: i32,
  classes: i32,
): void {
  const share: f32 = 1 / <f32>rows;
  let total: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const at = (<usize>(row * classes)) << 2;
    total += crossEntropyRow(truth + at, scores + at, gradient + at, classes, share);
  }
  store<f32>(loss, total * share);
}

function crossEntropyRow(truth: usize, scores: usize, gradient: usize, classes: i32, share: f32): f32 {
  const bytes = (<usize>classes) << 2;
  let most: f32 = -Infinity;
  for (let c: usize = 0; c < bytes; c += 4) most = max<f32>(most, load<f32>(scores + c));
  let lanes = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const e = exp4(f32x4.sub(v128.load(scores + at), f32x4.splat(most)));
    v128.store(gradient + at, e);
    lanes = f32x4.add(lanes, e);
  }
  let sum = lanesSum(lanes);
  for (; at < bytes; at += 4) {
    const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(scores + at) - most)), 0);
    store<f32>(gradient + at, e);
    sum += e;
  }
  const logSum: f32 = logarithm(sum) + most;
  let weight: f32 = 0;
  let loss: f32 = 0;
  for (at = 0; at < bytes; at += 4) {
    const t = load<f32>(truth + at);
    weight += t;
    // What the truth does not name counts nothing, also where its score is minus infinity.
    if (t != 0) loss += t * (logSum - load<f32>(scores + at));
  }
  for (at = 0; at < bytes; at += 4)
    store<f32>(gradient + at, ((load<f32>(gradient + at) / sum) * weight - load<f32>(truth + at)) * share);
  return loss;
}
