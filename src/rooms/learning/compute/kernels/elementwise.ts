/** dz = dy where y is positive, else zero. */
export function keepPositive(y: usize, dy: usize, dz: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4, y += 16, dy += 16, dz += 16)
    v128.store(dz, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
  for (; i < count; i++, y += 4, dy += 4, dz += 4) store<f32>(dz, load<f32>(y) > 0 ? load<f32>(dy) : 0);
}

// The numbers of the operations, as `binary.ts` names them.
const add = 0;
const subtract = 1;
const multiply = 2;
const divide = 3;
const larger = 4;
const smaller = 5;
const squaredDifference = 6;

function apply(operation: i32, a: v128, b: v128): v128 {
  if (operation == add) return f32x4.add(a, b);
  if (operation == multiply) return f32x4.mul(a, b);
  if (operation == subtract) return f32x4.sub(a, b);
  if (operation == divide) return f32x4.div(a, b);
  if (operation == larger) return f32x4.max(a, b);
  if (operation == smaller) return f32x4.min(a, b);
  const difference = f32x4.sub(a, b);
  return f32x4.mul(difference, difference);
}

/** out [d0, d1, d2] from operands whose steps along each side are given in numbers, 0 where they are repeated. */
export function binary(
  operation: i32,
  a: usize,
  b: usize,
  out: usize,
  d0: i32,
  d1: i32,
  d2: i32,
  a0: i32,
  a1: i32,
  a2: i32,
  b0: i32,
  b1: i32,
  b2: i32,
): void {
  for (let i = 0; i < d0; i++)
    for (let j = 0; j < d1; j++, out += d2 << 2) {
      const left = a + ((<usize>(i * a0 + j * a1)) << 2);
      const right = b + ((<usize>(i * b0 + j * b1)) << 2);
      binaryRow(operation, left, right, out, d2, a2, b2);
    }
}

function binaryRow(operation: i32, a: usize, b: usize, out: usize, count: i32, aStep: i32, bStep: i32): void {
  let i = 0;
  const aWide = aStep << 4;
  const bWide = bStep << 4;
  for (; i + 4 <= count; i += 4, a += aWide, b += bWide, out += 16) {
    const left = aStep == 0 ? v128.load32_splat(a) : v128.load(a);
    const right = bStep == 0 ? v128.load32_splat(b) : v128.load(b);
    v128.store(out, apply(operation, left, right));
  }
  for (; i < count; i++, a += aStep << 2, b += bStep << 2, out += 4)
    store<f32>(out, f32x4.extract_lane(apply(operation, v128.load32_splat(a), v128.load32_splat(b)), 0));
}

// The numbers of the comparisons, as `binary.ts` names them.
const equal = 0;
const greater = 1;
const greaterEqual = 2;
const less = 3;
const lessEqual = 4;

function compare(comparison: i32, a: f32, b: f32): bool {
  if (comparison == equal) return a == b;
  if (comparison == greater) return a > b;
  if (comparison == greaterEqual) return a >= b;
  if (comparison == less) return a < b;
  if (comparison == lessEqual) return a <= b;
  return a != b;
}

/** As `binary`; out is one byte a number. */
export function comparison(
  comparison: i32,
  a: usize,
  b: usize,
  out: usize,
  d0: i32,
  d1: i32,
  d2: i32,
  a0: i32,
  a1: i32,
  a2: i32,
  b0: i32,
  b1: i32,
  b2: i32,
): void {
  for (let i = 0; i < d0; i++)
    for (let j = 0; j < d1; j++) {
      let left = a + ((<usize>(i * a0 + j * a1)) << 2);
      let right = b + ((<usize>(i * b0 + j * b1)) << 2);
      for (let k = 0; k < d2; k++, out++, left += a2 << 2, right += b2 << 2)
        store<u8>(out, compare(comparison, load<f32>(left), load<f32>(right)));
    }
}
