/**
 * Gradients of the depthwise convolution of x [batch, height, width, channels] with filter [filterHeight, filterWidth,
 * channels, multiplier]. `toInput` tells which of the two is made from the other: x's (then `x` is written) or the
 * filter's (then `filter` is written).
 */
export function depthwiseGradient(
  toInput: bool,
  x: usize,
  filter: usize,
  dy: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  multiplier: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
): void {
  if (toInput) memory.fill(x, 0, (<usize>(batch * height * width * channels)) << 2);
  else memory.fill(filter, 0, (<usize>(filterHeight * filterWidth * channels * multiplier)) << 2);
  const outs = channels * multiplier;
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++, dy += outs << 2)
        for (let fy = 0; fy < filterHeight; fy++) {
          const y = oy * strideY - top + fy * dilationY;
          if (y < 0 || y >= height) continue;
          for (let fx = 0; fx < filterWidth; fx++) {
            const at = ox * strideX - left + fx * dilationX;
            if (at < 0 || at >= width) continue;
            const pixel = x + ((<usize>(((n * height + y) * width + at) * channels)) << 2);
            const weights = filter + ((<usize>((fy * filterWidth + fx) * outs)) << 2);
            if (toInput) addToPixel(pixel, weights, dy, channels, multiplier);
            else addToWeights(pixel, weights, dy, channels, multiplier);
          }
        }
}

function addToPixel(pixel: usize, weights: usize, dy: usize, channels: i32, multiplier: i32): void {
  for (let c = 0; c < channels; c++, pixel += 4) {
    let sum: f32 = load<f32>(pixel);
    for (let m = 0; m < multiplier; m++, weights += 4, dy += 4) sum += load<f32>(weights) * load<f32>(dy);
    store<f32>(pixel, sum);
  }
}

function addToWeights(pixel: usize, weights: usize, dy: usize, channels: i32, multiplier: i32): void {
  for (let c = 0; c < channels; c++, pixel += 4) {
    const value = load<f32>(pixel);
    for (let m = 0; m < multiplier; m++, weights += 4, dy += 4)
      store<f32>(weights, load<f32>(weights) + value * load<f32>(dy));
  }
}
