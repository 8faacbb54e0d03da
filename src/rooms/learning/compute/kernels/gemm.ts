// Matrix products after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): both
// operands are copied into panels the micro-kernel reads in order, so a transposed operand costs the copy only.

const panelRows: i32 = 6;
const panelColumns: i32 = 8;
// One panel block of the left operand stays in the first cache, the right operand's block in the second.
const depthBlock: i32 = 256;
const rowBlock: i32 = 96;
const columnBlock: i32 = 512;
const tileBytes: i32 = panelRows * panelColumns * 4;

/** Bytes that `gemm` needs beside its operands. */
export function gemmScratch(): i32 {
  return (depthBlock * (rowBlock + columnBlock) + panelRows * panelColumns) * 4;
}

/** Copies rows×depth of the left operand into panels of six rows, missing rows as zeros. */
function packLeft(from: usize, rowStep: i32, depthStep: i32, rows: i32, depth: i32, to: usize): void {
  for (let row = 0; row < rows; row += panelRows) {
    const source = from + ((<usize>(row * rowStep)) << 2);
    if (rows - row >= panelRows) packSix(source, rowStep, depthStep, depth, to);
    else packFew(source, rowStep, depthStep, rows - row, depth, to);
    to += (<usize>(panelRows * depth)) << 2;
  }
}

function packSix(source: usize, rowStep: i32, depthStep: i32, depth: i32, to: usize): void {
  const step = (<usize>depthStep) << 2;
  if (rowStep == 1) {
    for (let p = 0; p < depth; p++, source += step, to += 24) {
      v128.store(to, v128.load(source));
      store<u64>(to, load<u64>(source, 16), 16);
    }
    return;
  }
  const row = (<usize>rowStep) << 2;
  let r1 = source + row;
  let r2 = r1 + row;
  let r3 = r2 + row;
  let r4 = r3 + row;
  let r5 = r4 + row;
  for (let p = 0; p < depth; p++, to += 24) {
    store<f32>(to, load<f32>(source));
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    store<f32>(to, load<f32>(r4), 16);
    store<f32>(to, load<f32>(r5), 20);
    source += step;
    r1 += step;
    r2 += step;
    r3 += step;
    r4 += step;
    r5 += step;
  }
}

function packFew(from: usize, rowStep: i32, depthStep: i32, rows: i32, depth: i32, to: usize): void {
  for (let p = 0; p < depth; p++, from += depthStep << 2, to += 24)
    for (let i = 0; i < panelRows; i++)
      store<f32>(to + (i << 2), i < rows ? load<f32>(from + ((<usize>(i * rowStep)) << 2)) : 0);
}

/** Copies depth×columns of the right operand into panels of eight columns, missing columns as zeros. */
function packRight(from: usize, depthStep: i32, columnStep: i32, depth: i32, columns: i32, to: usize): void {
  for (let column = 0; column < columns; column += panelColumns) {
    const left = min(panelColumns, columns - column);
    let source = from + ((<usize>(column * columnStep)) << 2);
    if (columnStep == 1 && left == panelColumns) {
      for (let p = 0; p < depth; p++, source += depthStep << 2, to += 32) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
      }
    } else {
      for (let j = 0; j < panelColumns; j++) {
        let place = to + (j << 2);
        let one = source + ((<usize>(j * columnStep)) << 2);
        for (let p = 0; p < depth; p++, one += depthStep << 2, place += 32)
          store<f32>(place, j < left ? load<f32>(one) : 0);
      }
      to += (<usize>(depth * panelColumns)) << 2;
    }
  }
}

/** Six rows by eight columns of the product; twelve sums fit the sixteen registers of x64. */
function microKernel(left: usize, right: usize, depth: i32, to: usize, step: i32, accumulate: bool): void {
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
  const bytes = step << 2;
  writeRow(to, s00, s01, accumulate);
  writeRow((to += bytes), s10, s11, accumulate);
  writeRow((to += bytes), s20, s21, accumulate);
  writeRow((to += bytes), s30, s31, accumulate);
  writeRow((to += bytes), s40, s41, accumulate);
  writeRow((to += bytes), s50, s51, accumulate);
}

function writeRow(to: usize, first: v128, second: v128, accumulate: bool): void {
  if (accumulate) {
    first = f32x4.add(v128.load(to), first);
    second = f32x4.add(v128.load(to, 16), second);
  }
  v128.store(to, first);
  v128.store(to, second, 16);
}

/** A tile that reaches over the product's edge is made aside, and the part that exists is copied. */
function edgeTile(
  left: usize,
  right: usize,
  depth: i32,
  to: usize,
  step: i32,
  rows: i32,
  columns: i32,
  accumulate: bool,
  tile: usize,
): void {
  microKernel(left, right, depth, tile, panelColumns, false);
  for (let i = 0; i < rows; i++) {
    const source = tile + ((<usize>(i * panelColumns)) << 2);
    const place = to + ((<usize>(i * step)) << 2);
    for (let j = 0; j < columns; j++) {
      const at = place + (j << 2);
      const value = load<f32>(source + (j << 2));
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
  }
}

function multiplyBlock(
  left: usize,
  right: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  to: usize,
  step: i32,
  accumulate: bool,
  tile: usize,
): void {
  for (let column = 0; column < columns; column += panelColumns) {
    const wide = min(panelColumns, columns - column);
    const b = right + ((<usize>(column * depth)) << 2);
    for (let row = 0; row < rows; row += panelRows) {
      const high = min(panelRows, rows - row);
      const a = left + ((<usize>(row * depth)) << 2);
      const place = to + ((<usize>(row * step + column)) << 2);
      if (wide == panelColumns && high == panelRows) microKernel(a, b, depth, place, step, accumulate);
      else edgeTile(a, b, depth, place, step, high, wide, accumulate, tile);
    }
  }
}

/**
 * c (rows×columns) = a·b, or c + a·b with `accumulate`. Steps are in numbers, so that a transposed operand is one
 * whose steps are exchanged. `scratch` has `gemmScratch()` bytes.
 */
export function gemm(
  a: usize,
  aRowStep: i32,
  aDepthStep: i32,
  b: usize,
  bDepthStep: i32,
  bColumnStep: i32,
  c: usize,
  cRowStep: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  scratch: usize,
): void {
  if (depth == 0 && !accumulate) memory.fill(c, 0, (<usize>(rows * columns)) << 2);
  const left = scratch + tileBytes;
  const right = left + ((depthBlock * rowBlock) << 2);
  for (let column = 0; column < columns; column += columnBlock) {
    const wide = min(columnBlock, columns - column);
    for (let p = 0; p < depth; p += depthBlock) {
      const deep = min(depthBlock, depth - p);
      packRight(
        b + ((<usize>(p * bDepthStep + column * bColumnStep)) << 2),
        bDepthStep,
        bColumnStep,
        deep,
        wide,
        right,
      );
      for (let row = 0; row < rows; row += rowBlock) {
        const high = min(rowBlock, rows - row);
        packLeft(
          a + ((<usize>(row * aRowStep + p * aDepthStep)) << 2),
          aRowStep,
          aDepthStep,
          high,
          deep,
          left,
        );
        const to = c + ((<usize>(row * cRowStep + column)) << 2);
        multiplyBlock(left, right, high, wide, deep, to, cRowStep, accumulate || p > 0, scratch);
      }
    }
  }
}

/** `count` products of matrices that lie `aMatrix` and `bMatrix` numbers apart (0: one for all), with a bias or 0. */
export function gemmBatch(
  a: usize,
  aRowStep: i32,
  aDepthStep: i32,
  aMatrix: i32,
  b: usize,
  bDepthStep: i32,
  bColumnStep: i32,
  bMatrix: i32,
  bias: usize,
  c: usize,
  count: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  scratch: usize,
): void {
  for (let i = 0; i < count; i++) {
    if (bias != 0) repeatRow(bias, c, rows, columns);
    else if (depth == 0) memory.fill(c, 0, (<usize>(rows * columns)) << 2);
    gemm(
      a,
      aRowStep,
      aDepthStep,
      b,
      bDepthStep,
      bColumnStep,
      c,
      columns,
      rows,
      columns,
      depth,
      bias != 0,
      scratch,
    );
    a += (<usize>aMatrix) << 2;
    b += (<usize>bMatrix) << 2;
    c += (<usize>(rows * columns)) << 2;
  }
}

export function repeatRow(from: usize, to: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, to += bytes) memory.copy(to, from, bytes);
}

/** Whether products and sums are fused into one rounding on this processor: relaxed SIMD leaves that to it. */
export function fusesProducts(a: f32, b: f32, c: f32): bool {
  const sum = f32x4.relaxed_madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c));
  return f32x4.extract_lane(sum, 0) != 0;
}
