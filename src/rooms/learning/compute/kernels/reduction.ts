/** out [outer, inner] = the sums of x [outer, reduced, inner] over its middle. */
export function sumMiddle(x: usize, out: usize, outer: i32, reduced: i32, inner: i32): void {
  if (inner == 1) {
    for (let i = 0; i < outer; i++, x += reduced << 2, out += 4) store<f32>(out, sumRow(x, reduced));
    return;
  }
  const row = (<usize>inner) << 2;
  memory.fill(out, 0, (<usize>(outer * inner)) << 2);
  for (let i = 0; i < outer; i++, out += row)
    for (let r = 0; r < reduced; r++, x += row) addRow(out, x, inner);
}

/** The sum of `count` numbers, by four lanes so that its rounding grows a quarter as fast. */
export function sumRow(x: usize, count: i32): f32 {
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16) lanes = f32x4.add(lanes, v128.load(x));
  let sum = lanesSum(lanes);
  for (; i < count; i++, x += 4) sum += load<f32>(x);
  return sum;
}

export function lanesSum(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}

/** to += from, `count` numbers. */
export function addRow(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += 16, from += 16)
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; i < count; i++, to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** out [segments, size] = for each segment the sum of the rows of x that name it; other names are left out. */
export function segmentSum(x: usize, ids: usize, out: usize, rows: i32, size: i32, segments: i32): void {
  memory.fill(out, 0, (<usize>(segments * size)) << 2);
  for (let row = 0; row < rows; row++, x += size << 2) {
    const id = load<i32>(ids + ((<usize>row) << 2));
    if (id >= 0 && id < segments) addRow(out + ((<usize>(id * size)) << 2), x, size);
  }
}

/** out [count, size] = the rows of x that `ids` name; false where one names a row that x has not. */
export function gatherRows(x: usize, ids: usize, out: usize, count: i32, size: i32, rows: i32): bool {
  const bytes = (<usize>size) << 2;
  for (let i = 0; i < count; i++, out += bytes) {
    const id = load<i32>(ids + ((<usize>i) << 2));
    if (id < 0 || id >= rows) return false;
    memory.copy(out, x + <usize>id * bytes, bytes);
  }
  return true;
}

/** out [outer, inner] = the largest of x [outer, reduced, inner] over its middle; NaN where one is among them. */
export function maxMiddle(x: usize, out: usize, outer: i32, reduced: i32, inner: i32): void {
  const row = (<usize>inner) << 2;
  for (let i = 0; i < outer; i++, out += row) {
    memory.copy(out, x, row);
    x += row;
    for (let r = 1; r < reduced; r++, x += row) keepLarger(out, x, inner);
  }
}

function keepLarger(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += 16, from += 16)
    v128.store(to, f32x4.max(v128.load(to), v128.load(from)));
  for (; i < count; i++, to += 4, from += 4) store<f32>(to, max<f32>(load<f32>(to), load<f32>(from)));
}

/** The gradient of `maxMiddle`: each of the largest, which may be several, gets its result's share. */
export function maxMiddleGradient(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  outer: i32,
  reduced: i32,
  inner: i32,
): void {
  const row = (<usize>inner) << 2;
  for (let i = 0; i < outer; i++, y += row, dy += row)
    for (let r = 0; r < reduced; r++, x += row, dx += row) passEqual(x, y, dy, dx, inner);
}

function passEqual(x: usize, y: usize, dy: usize, dx: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16, y += 16, dy += 16, dx += 16)
    v128.store(dx, v128.and(v128.load(dy), f32x4.eq(v128.load(x), v128.load(y))));
  for (; i < count; i++, x += 4, y += 4, dy += 4, dx += 4)
    store<f32>(dx, load<f32>(x) == load<f32>(y) ? load<f32>(dy) : 0);
}
