// Matrix products after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): the right
// operand is copied into panels that the micro-kernels read in order, the left one where its rows do not lie in one
// piece, so a transposed operand costs the copy only.
import { eightColumns, panelColumns, panelRows, someColumns } from "./micro-kernel";
import { packLeft, packRight } from "./panels";
import { sixteenColumns } from "./wide-micro-kernel";

// A panel of the right operand's block stays in the first cache, the left operand's block in the second.
const depthBlock: i32 = 256;
const rowBlock: i32 = 96;
const columnBlock: i32 = 512;
const tileBytes: i32 = panelRows * 8 * 4;

/** Bytes that `gemm` needs beside its operands. */
export function gemmScratch(): i32 {
  return depthBlock * (rowBlock + columnBlock) * 4 + tileBytes;
}

let wide: bool = false;

/** Lets products use vectors of eight numbers; without them on the processor that takes longer and changes no bit. */
export function widen(): void {
  wide = true;
}

function multiplyBlock(
  left: usize,
  leftBytes: usize,
  right: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  to: usize,
  bytes: usize,
  plus: usize,
  plusBytes: usize,
  relu: bool,
  tile: usize,
): void {
  for (let column = 0; column < columns; ) {
    const panel = right + ((<usize>((column & ~15) * depth + (column & 8))) << 2);
    const place = to + ((<usize>column) << 2);
    const more = plus == 0 ? plus : plus + ((<usize>column) << 2);
    const many = columns - column;
    for (let row = 0; row < rows; row += panelRows) {
      const high = min(panelRows, rows - row);
      const a = left + <usize>row * leftBytes;
      const c = place + <usize>row * bytes;
      const d = more + <usize>row * plusBytes;
      if (wide && many >= panelColumns)
        sixteenColumns(a, leftBytes, high, panel, depth, c, bytes, d, plusBytes, relu);
      else if (many >= 8) eightColumns(a, leftBytes, high, panel, depth, c, bytes, d, plusBytes, relu);
      else someColumns(a, leftBytes, high, panel, depth, c, bytes, d, plusBytes, relu, many, tile);
    }
    column += wide && many >= panelColumns ? panelColumns : 8;
  }
}

/** c (rows×columns) = a·b, or c + a·b with `accumulate`; see `gemmWith`. */
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
  const plus: usize = accumulate ? c : 0;
  const step = accumulate ? cRowStep : 0;
  gemmWith(
    a,
    aRowStep,
    aDepthStep,
    b,
    bDepthStep,
    bColumnStep,
    c,
    cRowStep,
    rows,
    columns,
    depth,
    plus,
    step,
    false,
    scratch,
  );
}

/**
 * c (rows×columns) = a·b. Steps are in numbers, so that a transposed operand is one whose steps are exchanged. `plus`
 * is 0 or where a matrix lies that is added, with step 0 a bias for every row; with `relu` what is negative becomes
 * zero. `scratch` has `gemmScratch()` bytes.
 */
export function gemmWith(
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
  plus: usize,
  plusStep: i32,
  relu: bool,
  scratch: usize,
): void {
  const left = scratch + tileBytes;
  const right = left + ((depthBlock * rowBlock) << 2);
  const bytes = (<usize>cRowStep) << 2;
  for (let column = 0; column < columns; column += columnBlock) {
    const across = min(columnBlock, columns - column);
    // A product over nothing still is what is added to it, or zeros.
    for (let p = 0; p == 0 || p < depth; p += depthBlock) {
      const deep = min(depthBlock, depth - p);
      const from = b + ((<usize>(p * bDepthStep + column * bColumnStep)) << 2);
      packRight(from, bDepthStep, bColumnStep, deep, across, right);
      for (let row = 0; row < rows; row += rowBlock) {
        const high = min(rowBlock, rows - row);
        const source = a + ((<usize>(row * aRowStep + p * aDepthStep)) << 2);
        const whole = aDepthStep == 1;
        if (!whole) packLeft(source, aRowStep, aDepthStep, high, deep, left);
        const to = c + ((<usize>(row * cRowStep + column)) << 2);
        const first = plus == 0 ? plus : plus + ((<usize>(row * plusStep + column)) << 2);
        const more = p > 0 ? to : first;
        const moreBytes = p > 0 ? bytes : (<usize>plusStep) << 2;
        const last = relu && p + depthBlock >= depth;
        multiplyBlock(
          whole ? source : left,
          (<usize>(whole ? aRowStep : deep)) << 2,
          right,
          high,
          across,
          deep,
          to,
          bytes,
          more,
          moreBytes,
          last,
          scratch,
        );
      }
    }
  }
}

/**
 * `count` products of matrices that lie `aMatrix` and `bMatrix` numbers apart (0: one for all), with a bias or 0 and
 * with what is negative made zero where `relu`.
 */
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
  relu: bool,
  c: usize,
  count: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  scratch: usize,
): void {
  for (let i = 0; i < count; i++) {
    gemmWith(
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
      bias,
      0,
      relu,
      scratch,
    );
    a += (<usize>aMatrix) << 2;
    b += (<usize>bMatrix) << 2;
    c += (<usize>(rows * columns)) << 2;
  }
}

/** Whether products and sums are fused into one rounding on this processor: relaxed SIMD leaves that to it. */
export function fusesProducts(a: f32, b: f32, c: f32): bool {
  const sum = f32x4.relaxed_madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c));
  return f32x4.extract_lane(sum, 0) != 0;
}
