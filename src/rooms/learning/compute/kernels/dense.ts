import { rectify } from "./elementwise";
import { gemm, repeatRow } from "./gemm";
import { addRow } from "./reduction";

/** y [rows, units] = x [rows, inputs] · kernel + bias, then zero for what is negative where `relu`. */
export function dense(
  x: usize,
  kernel: usize,
  bias: usize,
  y: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  relu: bool,
  scratch: usize,
): void {
  repeatRow(bias, y, rows, units);
  gemm(x, inputs, 1, kernel, units, 1, y, units, rows, units, inputs, true, scratch);
  if (relu) rectify(y, rows * units);
}

/** Gradients to the sums before the activation, to kernel and to bias; without `relu` dz is not written, dy is it. */
export function denseGradient(
  x: usize,
  y: usize,
  dy: usize,
  dz: usize,
  dKernel: usize,
  dBias: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  relu: bool,
  scratch: usize,
): void {
  if (relu) keepPositive(y, dy, dz, rows * units);
  const d = relu ? dz : dy;
  gemm(x, 1, inputs, d, units, 1, dKernel, units, inputs, units, rows, false, scratch);
  memory.fill(dBias, 0, (<usize>units) << 2);
  for (let row = 0; row < rows; row++) addRow(dBias, d + ((<usize>(row * units)) << 2), units);
}

/** dz = dy where y is positive, else zero. */
function keepPositive(y: usize, dy: usize, dz: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4, y += 16, dy += 16, dz += 16)
    v128.store(dz, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
  for (; i < count; i++, y += 4, dy += 4, dz += 4) store<f32>(dz, load<f32>(y) > 0 ? load<f32>(dy) : 0);
}

/** dx [rows, inputs] = dz [rows, units] · the transposed kernel. */
export function denseInputGradient(
  dz: usize,
  kernel: usize,
  dx: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  gemm(dz, units, 1, kernel, 1, units, dx, inputs, rows, inputs, units, false, scratch);
}
