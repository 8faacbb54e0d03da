/** The tile that the micro-kernels make: its sums are what fits the sixteen registers of x64. */
export const panelRows: i32 = 6;
export const panelColumns: i32 = 16;

export const panelBytes: usize = panelColumns << 2;

/** Where a row begins; rows that are not there are the last one again, which is read and not written. */
export function rowOf(left: usize, bytes: usize, rows: i32, row: i32): usize {
  return left + bytes * min(row, rows - 1);
}

/**
 * One to six rows by eight columns of a product: rows of the left operand, `leftBytes` apart, with half a panel of the
 * right one. `plus` is 0 or where the first row lies that is added to the result, `plusBytes` apart; with `relu` what is
 * negative then becomes zero.
 */
export function eightColumns(
  left: usize,
  leftBytes: usize,
  rows: i32,
  right: usize,
  depth: i32,
  to: usize,
  bytes: usize,
  plus: usize,
  plusBytes: usize,
  relu: bool,
): void {
  let r1 = rowOf(left, leftBytes, rows, 1);
  let r2 = rowOf(left, leftBytes, rows, 2);
  let r3 = rowOf(left, leftBytes, rows, 3);
  let r4 = rowOf(left, leftBytes, rows, 4);
  let r5 = rowOf(left, leftBytes, rows, 5);
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  let s40 = s00;
  let s41 = s00;
  let s50 = s00;
  let s51 = s00;
  const end = left + ((<usize>depth) << 2);
  for (; left < end; left += 4, right += panelBytes) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    let a = v128.load32_splat(left);
    s00 = f32x4.relaxed_madd(a, b0, s00);
    s01 = f32x4.relaxed_madd(a, b1, s01);
    a = v128.load32_splat(r1);
    s10 = f32x4.relaxed_madd(a, b0, s10);
    s11 = f32x4.relaxed_madd(a, b1, s11);
    a = v128.load32_splat(r2);
    s20 = f32x4.relaxed_madd(a, b0, s20);
    s21 = f32x4.relaxed_madd(a, b1, s21);
    a = v128.load32_splat(r3);
    s30 = f32x4.relaxed_madd(a, b0, s30);
    s31 = f32x4.relaxed_madd(a, b1, s31);
    a = v128.load32_splat(r4);
    s40 = f32x4.relaxed_madd(a, b0, s40);
    s41 = f32x4.relaxed_madd(a, b1, s41);
    a = v128.load32_splat(r5);
    s50 = f32x4.relaxed_madd(a, b0, s50);
    s51 = f32x4.relaxed_madd(a, b1, s51);
    r1 += 4;
    r2 += 4;
    r3 += 4;
    r4 += 4;
    r5 += 4;
  }
  writeEight(to, s00, s01, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 1) return;
  writeEight(to, s10, s11, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 2) return;
  writeEight(to, s20, s21, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 3) return;
  writeEight(to, s30, s31, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 4) return;
  writeEight(to, s40, s41, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 5) return;
  writeEight(to, s50, s51, plus, relu);
}

export function writeEight(to: usize, first: v128, second: v128, plus: usize, relu: bool): void {
  if (plus != 0) {
    first = f32x4.add(v128.load(plus), first);
    second = f32x4.add(v128.load(plus, 16), second);
  }
  if (relu) {
    first = f32x4.max(first, f32x4.splat(0));
    second = f32x4.max(second, f32x4.splat(0));
  }
  v128.store(to, first);
  v128.store(to, second, 16);
}

/** Fewer than eight columns at the product's edge: made in `tile`, from where the part that exists is copied. */
export function someColumns(
  left: usize,
  leftBytes: usize,
  rows: i32,
  right: usize,
  depth: i32,
  to: usize,
  bytes: usize,
  plus: usize,
  plusBytes: usize,
  relu: bool,
  columns: i32,
  tile: usize,
): void {
  eightColumns(left, leftBytes, rows, right, depth, tile, 32, 0, 0, false);
  for (let i = 0; i < rows; i++, to += bytes, tile += 32) {
    for (let j: usize = 0; j < (<usize>columns) << 2; j += 4) {
      let value = load<f32>(tile + j);
      if (plus != 0) value = load<f32>(plus + j) + value;
      store<f32>(to + j, relu ? max<f32>(value, 0) : value);
    }
    if (plus != 0) plus += plusBytes;
  }
}
