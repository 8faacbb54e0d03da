// The three transforms of Winograd's convolution at the points 0, 1, -1, 2, -2, ½, -½ and ∞, four numbers at a time.

/** Outputs and taps of one tile together are one more. */
export const points: i32 = 8;

function scaled(x: v128, factor: f32): v128 {
  return f32x4.mul(x, f32x4.splat(factor));
}

/** x + y·factor */
function plus(x: v128, y: v128, factor: f32): v128 {
  return f32x4.relaxed_madd(y, f32x4.splat(factor), x);
}

function storePair(to: usize, form: usize, even: v128, odd: v128): void {
  v128.store(to, f32x4.add(even, odd));
  v128.store(to + form, f32x4.sub(even, odd));
}

function place(from: usize, bytes: usize, at: i32, begin: i32, end: i32): v128 {
  return at >= begin && at < end ? v128.load(from + <usize>at * bytes) : f32x4.splat(0);
}

/** The inverse of the evaluation, transposed, of the eight places `bytes` apart; those not in begin…end are zeros. */
export function evaluateInput(
  from: usize,
  bytes: usize,
  begin: i32,
  end: i32,
  count: i32,
  to: usize,
  form: usize,
): void {
  for (let i = 0; i < count; i += 4, from += 16, to += 16) {
    const d0 = place(from, bytes, 0, begin, end);
    const d1 = place(from, bytes, 1, begin, end);
    const d2 = place(from, bytes, 2, begin, end);
    const d3 = place(from, bytes, 3, begin, end);
    const d4 = place(from, bytes, 4, begin, end);
    const d5 = place(from, bytes, 5, begin, end);
    const d6 = place(from, bytes, 6, begin, end);
    const d7 = place(from, bytes, 7, begin, end);
    v128.store(to, plus(f32x4.sub(d0, d6), f32x4.sub(d4, d2), 5.25));
    storePair(to + form, form, plus(f32x4.add(d2, d6), d4, -4.25), plus(f32x4.add(d1, d5), d3, -4.25));
    storePair(
      to + 3 * form,
      form,
      plus(plus(d6, d2, 0.25), d4, -1.25),
      plus(plus(scaled(d1, 0.5), d3, -2.5), d5, 2),
    );
    storePair(
      to + 5 * form,
      form,
      plus(plus(d6, d2, 4), d4, -5),
      plus(plus(scaled(d1, 2), d3, -2.5), d5, 0.5),
    );
    v128.store(to + 7 * form, plus(f32x4.sub(d7, d1), f32x4.sub(d3, d5), 5.25));
  }
}

/** The values at ±`point` of the polynomial whose coefficients are the taps, times `factor`. */
function evaluatePair(
  point: f32,
  factor: f32,
  g0: v128,
  g1: v128,
  g2: v128,
  g3: v128,
  g4: v128,
  g5: v128,
  g6: v128,
  to: usize,
  form: usize,
  lane: usize,
): void {
  const square = point * point;
  const even = plus(g0, plus(g2, plus(g4, g6, square), square), square);
  const odd = scaled(plus(g1, plus(g3, g5, square), square), point);
  storeLanes(to, scaled(f32x4.add(even, odd), factor), lane);
  storeLanes(to + form, scaled(f32x4.sub(even, odd), factor), lane);
}

/** Four numbers `lane` bytes apart. */
function storeLanes(to: usize, values: v128, lane: usize): void {
  if (lane == 4) {
    v128.store(to, values);
    return;
  }
  v128.store_lane<f32>(to, values, 0);
  v128.store_lane<f32>(to + lane, values, 1);
  v128.store_lane<f32>(to + 2 * lane, values, 2);
  v128.store_lane<f32>(to + 3 * lane, values, 3);
}

/**
 * The eight values of polynomials whose coefficients are `taps` numbers `bytes` apart, of which the first `present`
 * exist and the others are zeros; scaled so that `interpolate` need not divide. The values of `count` polynomials come
 * to lie `lane` bytes apart.
 */
export function evaluateTaps(
  from: usize,
  bytes: usize,
  present: i32,
  taps: i32,
  count: i32,
  to: usize,
  form: usize,
  lane: usize,
): void {
  for (let i = 0; i < count; i += 4, from += 16, to += 4 * lane) {
    const g0 = place(from, bytes, 0, 0, present);
    const g1 = place(from, bytes, 1, 0, present);
    const g2 = place(from, bytes, 2, 0, present);
    const g3 = place(from, bytes, 3, 0, present);
    const g4 = place(from, bytes, 4, 0, present);
    const g5 = place(from, bytes, 5, 0, present);
    const g6 = place(from, bytes, 6, 0, present);
    storeLanes(to, g0, lane);
    evaluatePair(1, -2.0 / 9, g0, g1, g2, g3, g4, g5, g6, to + form, form, lane);
    evaluatePair(2, 1.0 / 90, g0, g1, g2, g3, g4, g5, g6, to + 3 * form, form, lane);
    evaluatePair(0.5, 32.0 / 45, g0, g1, g2, g3, g4, g5, g6, to + 5 * form, form, lane);
    storeLanes(to + 7 * form, place(from, bytes, taps - 1, 0, present), lane);
  }
}

/** The first `kept` of `outputs` outputs, `bytes` apart, from their eight forms; with a bias or 0, and relu. */
export function interpolate(
  from: usize,
  form: usize,
  outputs: i32,
  kept: i32,
  count: i32,
  bias: usize,
  relu: bool,
  to: usize,
  bytes: usize,
): void {
  for (let i = 0; i < count; i += 4, from += 16, to += 16) {
    const m1 = v128.load(from + form);
    const m2 = v128.load(from + 2 * form);
    const m3 = v128.load(from + 3 * form);
    const m4 = v128.load(from + 4 * form);
    const m5 = v128.load(from + 5 * form);
    const m6 = v128.load(from + 6 * form);
    const even1 = f32x4.add(m1, m2);
    const even2 = f32x4.add(m3, m4);
    const even3 = f32x4.add(m5, m6);
    const odd1 = f32x4.sub(m1, m2);
    const odd2 = f32x4.sub(m3, m4);
    const odd3 = f32x4.sub(m5, m6);
    const start = bias == 0 ? f32x4.splat(0) : v128.load(bias + ((<usize>i) << 2));
    let power: f32 = 1;
    for (let j = 0; j < kept; j++, power *= 2) {
      let y =
        j & 1
          ? plus(plus(odd1, odd2, power), odd3, 1 / power)
          : plus(plus(even1, even2, power), even3, 1 / power);
      if (j == 0) y = f32x4.add(y, v128.load(from));
      if (j == outputs - 1) y = f32x4.add(y, v128.load(from + 7 * form));
      y = f32x4.add(y, start);
      v128.store(to + <usize>j * bytes, relu ? f32x4.max(y, f32x4.splat(0)) : y);
    }
  }
}
