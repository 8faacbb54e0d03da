import { gemm } from "./gemm";
import { addRow } from "./reduction";

/** Gradients of x·kernel + bias, which is how every gate begins, for all rows of all times at once. */
export function inputGradients(
  x: usize,
  kernel: usize,
  dGates: usize,
  dx: usize,
  dKernel: usize,
  dBias: usize,
  rows: i32,
  inputs: i32,
  wide: i32,
  scratch: usize,
): void {
  gemm(dGates, wide, 1, kernel, 1, wide, dx, inputs, rows, inputs, wide, false, scratch);
  gemm(x, 1, inputs, dGates, wide, 1, dKernel, wide, inputs, wide, rows, false, scratch);
  memory.fill(dBias, 0, (<usize>wide) << 2);
  for (let row = 0; row < rows; row++) addRow(dBias, dGates + ((<usize>(row * wide)) << 2), wide);
}

/** Gradient to the first `columns` of the recurrent weights: the outputs of each time beside the gates of the next. */
export function recurrentGradient(
  outputs: usize,
  dGates: usize,
  dRecurrent: usize,
  batch: i32,
  time: i32,
  units: i32,
  columns: i32,
  wide: i32,
  scratch: usize,
): void {
  memory.fill(dRecurrent, 0, (<usize>(units * wide)) << 2);
  for (let b = 0; b < batch; b++) {
    const before = outputs + ((<usize>(b * time * units)) << 2);
    const after = dGates + ((<usize>((b * time + 1) * wide)) << 2);
    gemm(before, 1, units, after, wide, 1, dRecurrent, wide, units, columns, time - 1, true, scratch);
  }
}
