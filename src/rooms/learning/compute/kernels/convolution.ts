import { gemm, gemmWith } from "./gemm";
import { Geometry } from "./geometry";
import { addRow } from "./reduction";

/**
 * Writes, for `count` output positions from `first` on, the input values each of them sees as one row of
 * filterHeight·filterWidth·channels numbers; zeros where it reaches into the padding.
 */
function imageToColumns(images: usize, sides: Geometry, first: i32, count: i32, to: usize): void {
  const bytes = (<usize>sides.channels) << 2;
  const positions = sides.outHeight * sides.outWidth;
  for (let number = first; number < first + count; number++) {
    const position = number % positions;
    const y0 = (position / sides.outWidth) * sides.strideY - sides.top;
    const x0 = (position % sides.outWidth) * sides.strideX - sides.left;
    const image = images + <usize>((number / positions) * sides.height * sides.width) * bytes;
    for (let fy = 0; fy < sides.filterHeight; fy++) {
      const y = y0 + fy * sides.dilationY;
      for (let fx = 0; fx < sides.filterWidth; fx++, to += bytes) {
        const x = x0 + fx * sides.dilationX;
        if (y < 0 || y >= sides.height || x < 0 || x >= sides.width) zero(to, sides.channels);
        else copy(to, image + <usize>(y * sides.width + x) * bytes, sides.channels);
      }
    }
  }
}

function zero(to: usize, count: i32): void {
  for (let i = 0; i < count; i++, to += 4) store<f32>(to, 0);
}

function copy(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += 16, from += 16) v128.store(to, v128.load(from));
  for (; i < count; i++, to += 4, from += 4) store<f32>(to, load<f32>(from));
}

/** The reverse of `imageToColumns`: adds each row's numbers where they came from. */
function columnsToImage(from: usize, images: usize, sides: Geometry, first: i32, count: i32): void {
  const bytes = (<usize>sides.channels) << 2;
  const positions = sides.outHeight * sides.outWidth;
  for (let number = first; number < first + count; number++) {
    const position = number % positions;
    const y0 = (position / sides.outWidth) * sides.strideY - sides.top;
    const x0 = (position % sides.outWidth) * sides.strideX - sides.left;
    const image = images + <usize>((number / positions) * sides.height * sides.width) * bytes;
    for (let y = y0; y < y0 + sides.filterHeight; y++) {
      for (let x = x0; x < x0 + sides.filterWidth; x++, from += bytes) {
        if (y >= 0 && y < sides.height && x >= 0 && x < sides.width)
          addRow(image + <usize>(y * sides.width + x) * bytes, from, sides.channels);
      }
    }
  }
}

function depthOf(sides: Geometry): i32 {
  return sides.filterHeight * sides.filterWidth * sides.channels;
}

function positionsOf(sides: Geometry): i32 {
  return sides.batch * sides.outHeight * sides.outWidth;
}

/**
 * x [batch, height, width, channels] with filter [filterHeight, filterWidth, channels, filters], a bias or 0, and with
 * what is negative made zero where `relu`. `columns` holds `block` unfolded positions.
 */
export function convolution(
  x: usize,
  filter: usize,
  bias: usize,
  out: usize,
  geometry: usize,
  relu: bool,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const sides = changetype<Geometry>(geometry);
  const depth = depthOf(sides);
  const filters = sides.filters;
  const total = positionsOf(sides);
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    imageToColumns(x, sides, first, count, columns);
    const to = out + ((<usize>(first * filters)) << 2);
    gemmWith(
      columns,
      depth,
      1,
      filter,
      filters,
      1,
      to,
      filters,
      count,
      filters,
      depth,
      bias,
      0,
      relu,
      scratch,
    );
  }
}

/** The gradient of `convolution` to its filter, in the filter's shape. */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  out: usize,
  geometry: usize,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const sides = changetype<Geometry>(geometry);
  const depth = depthOf(sides);
  const filters = sides.filters;
  const total = positionsOf(sides);
  memory.fill(out, 0, (<usize>(depth * filters)) << 2);
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    imageToColumns(x, sides, first, count, columns);
    const from = dy + ((<usize>(first * filters)) << 2);
    gemm(columns, 1, depth, from, filters, 1, out, filters, depth, filters, count, true, scratch);
  }
}

/** The gradient of `convolution` to x. */
export function convolutionInputGradient(
  dy: usize,
  filter: usize,
  out: usize,
  geometry: usize,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const sides = changetype<Geometry>(geometry);
  const depth = depthOf(sides);
  const filters = sides.filters;
  const total = positionsOf(sides);
  memory.fill(out, 0, (<usize>(sides.batch * sides.height * sides.width * sides.channels)) << 2);
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    const from = dy + ((<usize>(first * filters)) << 2);
    gemm(from, filters, 1, filter, 1, filters, columns, depth, count, depth, filters, false, scratch);
    columnsToImage(columns, out, sides, first, count);
  }
}
