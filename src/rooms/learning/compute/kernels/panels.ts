// Operands of a matrix product, copied into the order in which the micro-kernels read them.
import { panelBytes } from "./micro-kernel";

/** Copies rows×depth of a left operand whose rows do not lie in one piece, so that they do. */
export function packLeft(from: usize, rowStep: i32, depthStep: i32, rows: i32, depth: i32, to: usize): void {
  const rowBytes = (<usize>rowStep) << 2;
  const step = (<usize>depthStep) << 2;
  const bytes = (<usize>depth) << 2;
  let row = 0;
  if (rowStep == 1)
    for (; row + 4 <= rows; row += 4, from += 16, to += 4 * bytes) packFourRows(from, step, depth, to, bytes);
  for (; row < rows; row++, from += rowBytes, to += bytes)
    for (let p: usize = 0, at = from; p < bytes; p += 4, at += step) store<f32>(to + p, load<f32>(at));
}

/** Four rows whose numbers lie beside each other, as in a transposed operand. */
function packFourRows(from: usize, step: usize, depth: i32, to: usize, bytes: usize): void {
  let p = 0;
  for (; p + 4 <= depth; p += 4, from += 4 * step, to += 16)
    packFour(from, from + step, from + 2 * step, from + 3 * step, to, bytes);
  for (; p < depth; p++, from += step, to += 4) {
    store<f32>(to, load<f32>(from));
    store<f32>(to + bytes, load<f32>(from, 4));
    store<f32>(to + 2 * bytes, load<f32>(from, 8));
    store<f32>(to + 3 * bytes, load<f32>(from, 12));
  }
}

/** Four numbers of each of four rows, transposed; what were columns comes to lie `bytes` apart. */
function packFour(r0: usize, r1: usize, r2: usize, r3: usize, to: usize, bytes: usize): void {
  const a = v128.load(r0);
  const b = v128.load(r1);
  const c = v128.load(r2);
  const d = v128.load(r3);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + bytes, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * bytes, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * bytes, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}

/**
 * Copies depth×columns of the right operand into panels of sixteen columns, in halves of eight. Columns that a half
 * lacks repeat its last one: what comes of them is not kept, and memory beyond the operand is not read. A half that
 * lacks all is left out.
 */
export function packRight(
  from: usize,
  depthStep: i32,
  columnStep: i32,
  depth: i32,
  columns: i32,
  to: usize,
): void {
  const half = (<usize>(columnStep * 8)) << 2;
  for (let column = 0; column < columns; column += 8, from += half) {
    const last = min(8, columns - column) - 1;
    const place = to + ((<usize>((column & ~15) * depth + (column & 8))) << 2);
    if (columnStep == 1 && last == 7) packEightBeside(from, depthStep, depth, place);
    else packEight(from, depthStep, (<usize>columnStep) << 2, last, depth, place);
  }
}

function packEightBeside(from: usize, depthStep: i32, depth: i32, to: usize): void {
  const step = (<usize>depthStep) << 2;
  for (let p = 0; p < depth; p++, from += step, to += panelBytes) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

function packEight(c0: usize, depthStep: i32, bytes: usize, last: i32, depth: i32, to: usize): void {
  const c4 = c0 + bytes * min(4, last);
  const c1 = c0 + bytes * min(1, last);
  const c2 = c0 + bytes * min(2, last);
  const c3 = c0 + bytes * min(3, last);
  const c5 = c0 + bytes * min(5, last);
  const c6 = c0 + bytes * min(6, last);
  const c7 = c0 + bytes * min(7, last);
  const step = (<usize>depthStep) << 2;
  let at: usize = 0;
  let p = 0;
  if (depthStep == 1)
    for (; p + 4 <= depth; p += 4, at += 16, to += 4 * panelBytes) {
      packFour(c0 + at, c1 + at, c2 + at, c3 + at, to, panelBytes);
      packFour(c4 + at, c5 + at, c6 + at, c7 + at, to + 16, panelBytes);
    }
  for (; p < depth; p++, at += step, to += panelBytes) {
    store<f32>(to, load<f32>(c0 + at));
    store<f32>(to, load<f32>(c1 + at), 4);
    store<f32>(to, load<f32>(c2 + at), 8);
    store<f32>(to, load<f32>(c3 + at), 12);
    store<f32>(to, load<f32>(c4 + at), 16);
    store<f32>(to, load<f32>(c5 + at), 20);
    store<f32>(to, load<f32>(c6 + at), 24);
    store<f32>(to, load<f32>(c7 + at), 28);
  }
}
