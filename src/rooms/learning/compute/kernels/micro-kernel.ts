/** The tile that the micro-kernel makes: twelve sums fit the sixteen registers of x64. */
export const panelRows: i32 = 6;
export const panelColumns: i32 = 8;

/**
 * Six rows by eight columns of the product of two panels. `plus` is 0 or where the first of six rows lies that is added
 * to the result, `plusBytes` apart; with `relu` what is negative then becomes zero.
 */
export function microKernel(
  left: usize,
  right: usize,
  depth: i32,
  to: usize,
  bytes: usize,
  plus: usize,
  plusBytes: usize,
  relu: bool,
): void {
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
  for (let p = 0; p < depth; p++, left += 24, right += 32) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    let a = v128.load32_splat(left);
    s00 = f32x4.relaxed_madd(a, b0, s00);
    s01 = f32x4.relaxed_madd(a, b1, s01);
    a = v128.load32_splat(left, 4);
    s10 = f32x4.relaxed_madd(a, b0, s10);
    s11 = f32x4.relaxed_madd(a, b1, s11);
    a = v128.load32_splat(left, 8);
    s20 = f32x4.relaxed_madd(a, b0, s20);
    s21 = f32x4.relaxed_madd(a, b1, s21);
    a = v128.load32_splat(left, 12);
    s30 = f32x4.relaxed_madd(a, b0, s30);
    s31 = f32x4.relaxed_madd(a, b1, s31);
    a = v128.load32_splat(left, 16);
    s40 = f32x4.relaxed_madd(a, b0, s40);
    s41 = f32x4.relaxed_madd(a, b1, s41);
    a = v128.load32_splat(left, 20);
    s50 = f32x4.relaxed_madd(a, b0, s50);
    s51 = f32x4.relaxed_madd(a, b1, s51);
  }
  writeRow(to, s00, s01, plus, relu);
  writeRow((to += bytes), s10, s11, (plus += plusBytes), relu);
  writeRow((to += bytes), s20, s21, (plus += plusBytes), relu);
  writeRow((to += bytes), s30, s31, (plus += plusBytes), relu);
  writeRow((to += bytes), s40, s41, (plus += plusBytes), relu);
  writeRow((to += bytes), s50, s51, (plus += plusBytes), relu);
}

function writeRow(to: usize, first: v128, second: v128, plus: usize, relu: bool): void {
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

/** A tile that reaches over the product's edge is made in `tile`, and the part that exists is copied. */
export function edgeTile(
  left: usize,
  right: usize,
  depth: i32,
  to: usize,
  bytes: usize,
  plus: usize,
  plusBytes: usize,
  relu: bool,
  rows: i32,
  columns: i32,
  tile: usize,
): void {
  microKernel(left, right, depth, tile, panelColumns << 2, 0, 0, false);
  for (let i = 0; i < rows; i++, to += bytes, tile += panelColumns << 2) {
    for (let j: usize = 0; j < (<usize>columns) << 2; j += 4) {
      let value = load<f32>(tile + j);
      if (plus != 0) value = load<f32>(plus + j) + value;
      store<f32>(to + j, relu ? max<f32>(value, 0) : value);
    }
    if (plus != 0) plus += plusBytes;
  }
}
