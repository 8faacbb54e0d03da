import { gemm } from "./gemm";

/**
 * Writes, for `count` output positions of one image from `first` on, the input values each of them sees as one row
 * of filterHeight·filterWidth·channels numbers; zeros where it reaches into the padding.
 */
function imageToColumns(
  images: usize,
  height: i32,
  width: i32,
  channels: i32,
  positions: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
  first: i32,
  count: i32,
  to: usize,
): void {
  const bytes = channels << 2;
  for (let number = first; number < first + count; number++) {
    const position = number % positions;
    const y0 = (position / outWidth) * strideY - top;
    const x0 = (position % outWidth) * strideX - left;
    const image = images + ((<usize>((number / positions) * height * width * channels)) << 2);
    for (let fy = 0; fy < filterHeight; fy++) {
      const y = y0 + fy * dilationY;
      for (let fx = 0; fx < filterWidth; fx++, to += bytes) {
        const x = x0 + fx * dilationX;
        if (y < 0 || y >= height || x < 0 || x >= width) zero(to, channels);
        else copy(to, image + ((<usize>((y * width + x) * channels)) << 2), channels);
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

function add(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += 16, from += 16)
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; i < count; i++, to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** The reverse of `imageToColumns`: adds each row's numbers where they came from. */
function columnsToImage(
  from: usize,
  images: usize,
  height: i32,
  width: i32,
  channels: i32,
  positions: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  first: i32,
  count: i32,
): void {
  const bytes = channels << 2;
  for (let number = first; number < first + count; number++) {
    const position = number % positions;
    const y0 = (position / outWidth) * strideY - top;
    const x0 = (position % outWidth) * strideX - left;
    const image = images + ((<usize>((number / positions) * height * width * channels)) << 2);
    for (let y = y0; y < y0 + filterHeight; y++) {
      for (let x = x0; x < x0 + filterWidth; x++, from += bytes) {
        if (y >= 0 && y < height && x >= 0 && x < width)
          add(image + ((<usize>((y * width + x) * channels)) << 2), from, channels);
      }
    }
  }
}

/** x [batch, height, width, channels] with filter [filterHeight, filterWidth, channels, filters]. */
export function convolution(
  x: usize,
  filter: usize,
  out: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const positions = outHeight * outWidth;
  const depth = filterHeight * filterWidth * channels;
  const total = batch * positions;
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    imageToColumns(
      x,
      height,
      width,
      channels,
      positions,
      outWidth,
      filterHeight,
      filterWidth,
      strideY,
      strideX,
      dilationY,
      dilationX,
      top,
      left,
      first,
      count,
      columns,
    );
    const to = out + ((<usize>(first * filters)) << 2);
    gemm(columns, depth, 1, filter, filters, 1, to, filters, count, filters, depth, false, scratch);
  }
}

/** The gradient of `convolution` to its filter, in the filter's shape. */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  out: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const positions = outHeight * outWidth;
  const depth = filterHeight * filterWidth * channels;
  memory.fill(out, 0, (<usize>(depth * filters)) << 2);
  const total = batch * positions;
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    imageToColumns(
      x,
      height,
      width,
      channels,
      positions,
      outWidth,
      filterHeight,
      filterWidth,
      strideY,
      strideX,
      1,
      1,
      top,
      left,
      first,
      count,
      columns,
    );
    const from = dy + ((<usize>(first * filters)) << 2);
    gemm(columns, 1, depth, from, filters, 1, out, filters, depth, filters, count, true, scratch);
  }
}

/** The gradient of `convolution` to x. */
export function convolutionInputGradient(
  dy: usize,
  filter: usize,
  out: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  block: i32,
  columns: usize,
  scratch: usize,
): void {
  const positions = outHeight * outWidth;
  const depth = filterHeight * filterWidth * channels;
  memory.fill(out, 0, (<usize>(batch * height * width * channels)) << 2);
  const total = batch * positions;
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    const from = dy + ((<usize>(first * filters)) << 2);
    gemm(from, filters, 1, filter, 1, filters, columns, depth, count, depth, filters, false, scratch);
    columnsToImage(
      columns,
      out,
      height,
      width,
      channels,
      positions,
      outWidth,
      filterHeight,
      filterWidth,
      strideY,
      strideX,
      top,
      left,
      first,
      count,
    );
  }
}
