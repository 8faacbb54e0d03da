// exp after Moshier's Cephes library (expf.c): 2^n times a polynomial on half a binary step, within 2 units in the
// last place. Infinity and NaN come out as they should, so that a diverged training is seen.

// In variables, which are read from memory: the compiler of x64 makes each constant of code anew wherever it is used,
// by three instructions that took longer than the arithmetic.
let highest: v128 = f32x4.splat(0);
let lowest: v128 = f32x4.splat(0);
let binaryOrders: v128 = f32x4.splat(0);
let halfOrder: v128 = f32x4.splat(0);
let orderRest: v128 = f32x4.splat(0);
let sixth: v128 = f32x4.splat(0);
let fifth: v128 = f32x4.splat(0);
let fourth: v128 = f32x4.splat(0);
let third: v128 = f32x4.splat(0);
let second: v128 = f32x4.splat(0);
let first: v128 = f32x4.splat(0);
let one: v128 = f32x4.splat(0);
let bias: v128 = f32x4.splat(0);

/** Must be called before any other kernel. */
export function prepare(): void {
  highest = f32x4.splat(88.3762626647949);
  lowest = f32x4.splat(-87.3365447505);
  binaryOrders = f32x4.splat(1.44269504088896341);
  halfOrder = f32x4.splat(-0.693359375);
  orderRest = f32x4.splat(2.1219444e-4);
  sixth = f32x4.splat(1.98756915e-4);
  fifth = f32x4.splat(1.3981999507e-3);
  fourth = f32x4.splat(8.3334519073e-3);
  third = f32x4.splat(4.1665795894e-2);
  second = f32x4.splat(1.6666665459e-1);
  first = f32x4.splat(5.0000001201e-1);
  one = f32x4.splat(1);
  bias = i32x4.splat(127);
}

export function exp4(x: v128): v128 {
  // These two are one instruction each and keep NaN where it is the first operand; `min` and `max` are six.
  const clamped = f32x4.pmax(f32x4.pmin(x, highest), lowest);
  const n = f32x4.nearest(f32x4.mul(clamped, binaryOrders));
  const r = f32x4.relaxed_madd(n, orderRest, f32x4.relaxed_madd(n, halfOrder, clamped));
  let y = f32x4.relaxed_madd(sixth, r, fifth);
  y = f32x4.relaxed_madd(y, r, fourth);
  y = f32x4.relaxed_madd(y, r, third);
  y = f32x4.relaxed_madd(y, r, second);
  y = f32x4.relaxed_madd(y, r, first);
  y = f32x4.relaxed_madd(y, f32x4.mul(r, r), f32x4.add(r, one));
  // In range after clamping, so that the relaxed form has one result; where x is NaN, y is.
  const power = i32x4.shl(i32x4.add(i32x4.relaxed_trunc_f32x4_s(n), bias), 23);
  return f32x4.mul(y, power);
}

export function sigmoid4(x: v128): v128 {
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

export function tanh4(x: v128): v128 {
  const e = exp4(f32x4.add(x, x));
  return f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(e, one)));
}

/** The natural logarithm of a finite number from 1 on, after Cephes' logf.c; the standard library's brings tables. */
export function logarithm(x: f32): f32 {
  const bits = reinterpret<u32>(x);
  let exponent: f32 = <f32>(<i32>(bits >> 23) - 126);
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < 0.707106781186547524) {
    exponent -= 1;
    m = m + m - 1;
  } else m -= 1;
  const square = m * m;
  let y: f32 = 7.0376836292e-2;
  y = y * m - 1.151461031e-1;
  y = y * m + 1.167699874e-1;
  y = y * m - 1.2420140846e-1;
  y = y * m + 1.4249322787e-1;
  y = y * m - 1.6668057665e-1;
  y = y * m + 2.0000714765e-1;
  y = y * m - 2.4999993993e-1;
  y = y * m + 3.3333331174e-1;
  y = y * m * square - 2.1219444e-4 * exponent - 0.5 * square;
  // NaN has bits like a large number; it must stay what it is.
  return isNaN(x) ? x : m + y + 0.693359375 * exponent;
}
