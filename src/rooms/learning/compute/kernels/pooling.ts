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
        let c = 0;
        for (; c + 4 <= channels; c += 4, dy += 16) {
          const at = largestFour(x + ((<usize>image) << 2), width, channels, y0, y1, x0, x1, c);
          addLanes(out + ((<usize>image) << 2), at, dy);
        }
        for (; c < channels; c++, dy += 4) {
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

/** `largest` for four neighbouring channels at once. */
function largestFour(
  image: usize,
  width: i32,
  channels: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  c: i32,
): v128 {
  const lanes = i32x4(0, 1, 2, 3);
  let best = f32x4.splat(-Infinity);
  let place = i32x4.add(i32x4.splat((y0 * width + x0) * channels + c), lanes);
  for (let y = y0; y < y1; y++) {
    let at = (y * width + x0) * channels + c;
    for (let x = x0; x < x1; x++, at += channels) {
      const value = v128.load(image + ((<usize>at) << 2));
      const larger = f32x4.gt(value, best);
      best = v128.bitselect(value, best, larger);
      place = v128.bitselect(i32x4.add(i32x4.splat(at), lanes), place, larger);
    }
  }
  return place;
}

function addLanes(image: usize, place: v128, dy: usize): void {
  addOne(image + ((<usize>i32x4.extract_lane(place, 0)) << 2), dy);
  addOne(image + ((<usize>i32x4.extract_lane(place, 1)) << 2), dy + 4);
  addOne(image + ((<usize>i32x4.extract_lane(place, 2)) << 2), dy + 8);
  addOne(image + ((<usize>i32x4.extract_lane(place, 3)) << 2), dy + 12);
}

function addOne(to: usize, from: usize): void {
  store<f32>(to, load<f32>(to) + load<f32>(from));
}
