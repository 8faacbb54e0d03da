import { panelBytes, rowOf, writeEight } from "./micro-kernel";

/** As `eightColumns`, by sixteen, a whole panel: its sums fit the registers where these hold eight numbers each. */
export function sixteenColumns(
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
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  let s20 = s00;
  let s21 = s00;
  let s22 = s00;
  let s23 = s00;
  let s30 = s00;
  let s31 = s00;
  let s32 = s00;
  let s33 = s00;
  let s40 = s00;
  let s41 = s00;
  let s42 = s00;
  let s43 = s00;
  let s50 = s00;
  let s51 = s00;
  let s52 = s00;
  let s53 = s00;
  const end = left + ((<usize>depth) << 2);
  for (; left < end; left += 4, right += panelBytes) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    const b2 = v128.load(right, 32);
    const b3 = v128.load(right, 48);
    let a = v128.load32_splat(left);
    s00 = f32x4.relaxed_madd(a, b0, s00);
    s01 = f32x4.relaxed_madd(a, b1, s01);
    s02 = f32x4.relaxed_madd(a, b2, s02);
    s03 = f32x4.relaxed_madd(a, b3, s03);
    a = v128.load32_splat(r1);
    s10 = f32x4.relaxed_madd(a, b0, s10);
    s11 = f32x4.relaxed_madd(a, b1, s11);
    s12 = f32x4.relaxed_madd(a, b2, s12);
    s13 = f32x4.relaxed_madd(a, b3, s13);
    a = v128.load32_splat(r2);
    s20 = f32x4.relaxed_madd(a, b0, s20);
    s21 = f32x4.relaxed_madd(a, b1, s21);
    s22 = f32x4.relaxed_madd(a, b2, s22);
    s23 = f32x4.relaxed_madd(a, b3, s23);
    a = v128.load32_splat(r3);
    s30 = f32x4.relaxed_madd(a, b0, s30);
    s31 = f32x4.relaxed_madd(a, b1, s31);
    s32 = f32x4.relaxed_madd(a, b2, s32);
    s33 = f32x4.relaxed_madd(a, b3, s33);
    a = v128.load32_splat(r4);
    s40 = f32x4.relaxed_madd(a, b0, s40);
    s41 = f32x4.relaxed_madd(a, b1, s41);
    s42 = f32x4.relaxed_madd(a, b2, s42);
    s43 = f32x4.relaxed_madd(a, b3, s43);
    a = v128.load32_splat(r5);
    s50 = f32x4.relaxed_madd(a, b0, s50);
    s51 = f32x4.relaxed_madd(a, b1, s51);
    s52 = f32x4.relaxed_madd(a, b2, s52);
    s53 = f32x4.relaxed_madd(a, b3, s53);
    r1 += 4;
    r2 += 4;
    r3 += 4;
    r4 += 4;
    r5 += 4;
  }
  writeSixteen(to, s00, s01, s02, s03, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 1) return;
  writeSixteen(to, s10, s11, s12, s13, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 2) return;
  writeSixteen(to, s20, s21, s22, s23, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 3) return;
  writeSixteen(to, s30, s31, s32, s33, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 4) return;
  writeSixteen(to, s40, s41, s42, s43, plus, relu);
  to += bytes;
  plus += plusBytes;
  if (rows == 5) return;
  writeSixteen(to, s50, s51, s52, s53, plus, relu);
}

function writeSixteen(to: usize, s0: v128, s1: v128, s2: v128, s3: v128, plus: usize, relu: bool): void {
  writeEight(to, s0, s1, plus, relu);
  writeEight(to + 32, s2, s3, plus == 0 ? plus : plus + 32, relu);
}
