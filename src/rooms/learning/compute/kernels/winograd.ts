// Convolutions with stride 1 after Winograd ("Arithmetic Complexity of Computations", 1980) and Lavin and Gray ("Fast
// Algorithms for Convolutional Neural Networks", 2016), along the width: eight inputs of a row are evaluated as a
// polynomial's transpose at 0, ±1, ±2, ±½ and ∞, so that 9 - filterWidth outputs cost eight products instead of
// filterWidth each. Rows of the filter are summed in the evaluated form. The points do not depend on the filter's
// width, so one transform of the input serves all widths, and the filter's gradient too.
import { gemm } from "./gemm";
import { Geometry } from "./geometry";
import { evaluateInput, evaluateTaps, interpolate, points } from "./winograd-transforms";

function tilesOf(sides: Geometry): i32 {
  const outputs = points + 1 - sides.filterWidth;
  return (sides.outWidth + outputs - 1) / outputs;
}

/** The eight forms of `count` tiles of x from `first` on, each [count, filterHeight·channels]. */
function evaluateTiles(x: usize, sides: Geometry, first: i32, count: i32, to: usize): void {
  const bytes = (<usize>sides.channels) << 2;
  const tiles = tilesOf(sides);
  const form = <usize>(count * sides.filterHeight) * bytes;
  for (let number = first; number < first + count; number++) {
    const row = number / tiles;
    const x0 = (number % tiles) * (points + 1 - sides.filterWidth) - sides.left;
    const y0 = (row % sides.outHeight) - sides.top;
    const image = (row / sides.outHeight) * sides.height;
    for (let fy = 0; fy < sides.filterHeight; fy++, to += bytes) {
      const y = y0 + fy;
      // A row in the padding has no places at all.
      const end = y < 0 || y >= sides.height ? 0 : sides.width;
      const from = x + <usize>((image + y) * sides.width + x0) * bytes;
      evaluateInput(from, bytes, max(0, -x0), end - x0, sides.channels, to, form);
    }
  }
}

/** The eight forms of the filter, each [filterHeight·channels, filters]. */
function evaluateFilter(filter: usize, sides: Geometry, to: usize): void {
  const row = (<usize>sides.filters) << 2;
  const tap = <usize>sides.channels * row;
  const form = <usize>sides.filterHeight * tap;
  for (let fy = 0; fy < sides.filterHeight; fy++, filter += tap * sides.filterWidth)
    for (let c = 0; c < sides.channels; c++, to += row)
      evaluateTaps(
        filter + <usize>c * row,
        tap,
        sides.filterWidth,
        sides.filterWidth,
        sides.filters,
        to,
        form,
        4,
      );
}

/**
 * The same of the filter turned round, whose inputs are the outputs: each [filterHeight·channels, filters] from a filter
 * [filterHeight, filterWidth, filters, channels], where channels and filters are meant as those of `sides`.
 */
function evaluateTurnedFilter(filter: usize, sides: Geometry, to: usize): void {
  const row = (<usize>sides.channels) << 2;
  const column = (<usize>sides.filters) << 2;
  const tap = <usize>sides.filters * row;
  const form = <usize>sides.filterHeight * tap;
  for (let fy = sides.filterHeight - 1; fy >= 0; fy--, to += tap) {
    const last = filter + <usize>(fy * sides.filterWidth + sides.filterWidth - 1) * tap;
    for (let f = 0; f < sides.filters; f++)
      evaluateTaps(
        last + <usize>f * row,
        0 - tap,
        sides.filterWidth,
        sides.filterWidth,
        sides.channels,
        to + ((<usize>f) << 2),
        form,
        column,
      );
  }
}

/**
 * x [batch, height, width, channels] with filter [filterHeight, filterWidth, channels, filters], a bias or 0 and relu as
 * in `convolution`; with `turned` the gradient of such a convolution to its input. Channels and filters are multiples of
 * four, the filter's width is 2 to 7. `space` holds eight forms of the filter and of `block` tiles of x and of the
 * output.
 */
export function winograd(
  x: usize,
  filter: usize,
  bias: usize,
  out: usize,
  geometry: usize,
  relu: bool,
  turned: bool,
  block: i32,
  space: usize,
  scratch: usize,
): void {
  const sides = changetype<Geometry>(geometry);
  const depth = sides.filterHeight * sides.channels;
  const filters = sides.filters;
  const total = sides.batch * sides.outHeight * tilesOf(sides);
  const left = space + ((<usize>(points * depth * filters)) << 2);
  const products = left + ((<usize>(points * depth * block)) << 2);
  if (turned) evaluateTurnedFilter(filter, sides, space);
  else evaluateFilter(filter, sides, space);
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    evaluateTiles(x, sides, first, count, left);
    for (let i = 0; i < points; i++) {
      const a = left + ((<usize>(i * count * depth)) << 2);
      const b = space + ((<usize>(i * depth * filters)) << 2);
      const c = products + ((<usize>(i * count * filters)) << 2);
      gemm(a, depth, 1, b, filters, 1, c, filters, count, filters, depth, false, scratch);
    }
    writeTiles(products, sides, first, count, bias, relu, out);
  }
}

function writeTiles(
  products: usize,
  sides: Geometry,
  first: i32,
  count: i32,
  bias: usize,
  relu: bool,
  out: usize,
): void {
  const bytes = (<usize>sides.filters) << 2;
  const outputs = points + 1 - sides.filterWidth;
  const tiles = tilesOf(sides);
  for (let number = 0; number < count; number++, products += bytes) {
    const row = (first + number) / tiles;
    const place = ((first + number) % tiles) * outputs;
    const kept = min(outputs, sides.outWidth - place);
    const to = out + <usize>(row * sides.outWidth + place) * bytes;
    interpolate(products, <usize>count * bytes, outputs, kept, sides.filters, bias, relu, to, bytes);
  }
}

/**
 * The gradient of `winograd` to its filter, in the filter's shape. `space` holds eight forms of the filter and of
 * `block` tiles of x and of the output.
 */
export function winogradFilterGradient(
  x: usize,
  dy: usize,
  out: usize,
  geometry: usize,
  block: i32,
  space: usize,
  scratch: usize,
): void {
  const sides = changetype<Geometry>(geometry);
  const depth = sides.filterHeight * sides.channels;
  const filters = sides.filters;
  const total = sides.batch * sides.outHeight * tilesOf(sides);
  const left = space + ((<usize>(points * depth * filters)) << 2);
  const right = left + ((<usize>(points * depth * block)) << 2);
  for (let first = 0; first < total; first += block) {
    const count = min(block, total - first);
    evaluateTiles(x, sides, first, count, left);
    evaluateShares(dy, sides, first, count, right);
    for (let i = 0; i < points; i++) {
      const a = left + ((<usize>(i * count * depth)) << 2);
      const b = right + ((<usize>(i * count * filters)) << 2);
      const c = space + ((<usize>(i * depth * filters)) << 2);
      gemm(a, 1, depth, b, filters, 1, c, filters, depth, filters, count, first > 0, scratch);
    }
  }
  writeFilter(space, sides, out);
}

/** The eight forms of `count` tiles of the output's gradient, each [count, filters]. */
function evaluateShares(dy: usize, sides: Geometry, first: i32, count: i32, to: usize): void {
  const bytes = (<usize>sides.filters) << 2;
  const outputs = points + 1 - sides.filterWidth;
  const tiles = tilesOf(sides);
  for (let number = first; number < first + count; number++, to += bytes) {
    const place = (number % tiles) * outputs;
    const from = dy + <usize>((number / tiles) * sides.outWidth + place) * bytes;
    const present = min(outputs, sides.outWidth - place);
    evaluateTaps(from, bytes, present, outputs, sides.filters, to, <usize>count * bytes, 4);
  }
}

function writeFilter(forms: usize, sides: Geometry, out: usize): void {
  const row = (<usize>sides.filters) << 2;
  const tap = <usize>sides.channels * row;
  const form = <usize>sides.filterHeight * tap;
  for (let fy = 0; fy < sides.filterHeight; fy++, out += tap * sides.filterWidth)
    for (let c = 0; c < sides.channels; c++, forms += row)
      interpolate(
        forms,
        form,
        sides.filterWidth,
        sides.filterWidth,
        sides.filters,
        0,
        false,
        out + <usize>c * row,
        tap,
      );
}
