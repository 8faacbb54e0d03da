/**
 * The gradient of max pooling over x [batch, height, width, channels]: each output's share goes to the first largest
 * value of its window, whatever the sign; padding is never the largest.
 */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  out: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
): void {
  memory.fill(out, 0, (<usize>(batch * height * width * channels)) << 2);
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = max(0, oy * strideY - top);
      const y1 = min(height, oy * strideY - top + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = max(0, ox * strideX - left);
        const x1 = min(width, ox * strideX - left + filterWidth);
        const image = n * height * width * channels;
        for (let c = 0; c < channels; c++, dy += 4) {
          const at = (<usize>largest(x + (image << 2), width, channels, y0, y1, x0, x1, c)) << 2;
          const place = out + (image << 2) + at;
          store<f32>(place, load<f32>(place) + load<f32>(dy));
        }
      }
    }
}

/** Place, in numbers from the image's start, of the window's first largest value in channel `c`. */
function largest(image: usize, width: i32, channels: i32, y0: i32, y1: i32, x0: i32, x1: i32, c: i32): i32 {
  let best: f32 = -Infinity;
  let place = (y0 * width + x0) * channels + c;
  for (let y = y0; y < y1; y++) {
    let at = (y * width + x0) * channels + c;
    for (let x = x0; x < x1; x++, at += channels) {
      const value = load<f32>(image + ((<usize>at) << 2));
      if (value > best) {
        best = value;
        place = at;
      }
    }
  }
  return place;
}
