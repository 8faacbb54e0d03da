import { gemm, gemmWith } from "./gemm";
import { keepPositive } from "./elementwise";
import { sumMiddle } from "./reduction";

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
  gemmWith(x, inputs, 1, kernel, units, 1, y, units, rows, units, inputs, bias, 0, relu, scratch);
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
  sumsGradient(y, dy, dz, dBias, rows, units, relu);
  const d = relu ? dz : dy;
  gemm(x, 1, inputs, d, units, 1, dKernel, units, inputs, units, rows, false, scratch);
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

/** Gradients to the sums before the activation and to the bias; without `relu` dz is not written, dy is it. */
export function sumsGradient(
  y: usize,
  dy: usize,
  dz: usize,
  dBias: usize,
  rows: i32,
  units: i32,
  relu: bool,
): void {
  if (relu) keepPositive(y, dy, dz, rows * units);
  sumMiddle(relu ? dz : dy, dBias, 1, rows, units);
}
