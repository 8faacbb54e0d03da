// Operands of a matrix product, copied into the order in which the micro-kernel reads them.
import { panelColumns, panelRows } from "./micro-kernel";

/**
 * Copies rows×depth of the left operand into panels of six rows. Rows that the last panel lacks repeat its last one:
 * what comes of them is not kept, and memory beyond the operand is not read.
 */
export function packLeft(from: usize, rowStep: i32, depthStep: i32, rows: i32, depth: i32, to: usize): void {
  const bytes = (<usize>rowStep) << 2;
  for (let row = 0; row < rows; row += panelRows) {
    const last = min(panelRows, rows - row) - 1;
    if (rowStep == 1 && last == 5) packSixBeside(from, depthStep, depth, to);
    else packSix(from, bytes, last, depthStep, depth, to);
    from += bytes * panelRows;
    to += (<usize>(panelRows * depth)) << 2;
  }
}

/** Six rows whose numbers lie beside each other, as in a transposed operand. */
function packSixBeside(from: usize, depthStep: i32, depth: i32, to: usize): void {
  const step = (<usize>depthStep) << 2;
  for (let p = 0; p < depth; p++, from += step, to += 24) {
    v128.store(to, v128.load(from));
    store<u64>(to, load<u64>(from, 16), 16);
  }
}

function packSix(r0: usize, bytes: usize, last: i32, depthStep: i32, depth: i32, to: usize): void {
  const r1 = r0 + bytes * min(1, last);
  const r2 = r0 + bytes * min(2, last);
  const r3 = r0 + bytes * min(3, last);
  const r4 = r0 + bytes * min(4, last);
  const r5 = r0 + bytes * min(5, last);
  const step = (<usize>depthStep) << 2;
  let at: usize = 0;
  let p = 0;
  if (depthStep == 1)
    for (; p + 4 <= depth; p += 4, at += 16, to += 96) {
      packFour(r0 + at, r1 + at, r2 + at, r3 + at, to, 24);
      const e = v128.load(r4 + at);
      const f = v128.load(r5 + at);
      const low = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
      v128.store64_lane(to, low, 0, 16);
      v128.store64_lane(to, low, 1, 40);
      v128.store64_lane(to, high, 0, 64);
      v128.store64_lane(to, high, 1, 88);
    }
  for (; p < depth; p++, at += step, to += 24) {
    store<f32>(to, load<f32>(r0 + at));
    store<f32>(to, load<f32>(r1 + at), 4);
    store<f32>(to, load<f32>(r2 + at), 8);
    store<f32>(to, load<f32>(r3 + at), 12);
    store<f32>(to, load<f32>(r4 + at), 16);
    store<f32>(to, load<f32>(r5 + at), 20);
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

/** Copies depth×columns of the right operand into panels of eight columns; missing ones repeat the last. */
export function packRight(
  from: usize,
  depthStep: i32,
  columnStep: i32,
  depth: i32,
  columns: i32,
  to: usize,
): void {
  for (let column = 0; column < columns; column += panelColumns) {
    const last = min(panelColumns, columns - column) - 1;
    if (columnStep == 1 && last == 7) packEightBeside(from, depthStep, depth, to);
    else packEight(from, depthStep, (<usize>columnStep) << 2, last, depth, to);
    from += (<usize>(columnStep * panelColumns)) << 2;
    to += (<usize>(depth * panelColumns)) << 2;
  }
}

function packEightBeside(from: usize, depthStep: i32, depth: i32, to: usize): void {
  const step = (<usize>depthStep) << 2;
  for (let p = 0; p < depth; p++, from += step, to += 32) {
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
    for (; p + 4 <= depth; p += 4, at += 16, to += 128) {
      packFour(c0 + at, c1 + at, c2 + at, c3 + at, to, 32);
      packFour(c4 + at, c5 + at, c6 + at, c7 + at, to + 16, 32);
    }
  for (; p < depth; p++, at += step, to += 32) {
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
