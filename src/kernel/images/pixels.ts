/** An image as bytes, row by row from the top, `channels` of them to a pixel: 1 brightness, 3 red, green and blue. */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  pixels: Uint8Array;
}

/** Lays what is transparent on white, as paper is, so that 2 and 4 channels become 1 and 3. */
export function onWhite(image: Pixels): Pixels {
  const { width, height, channels, pixels } = image;
  if (channels === 1 || channels === 3) return image;
  const colours = channels - 1;
  const laid = new Uint8Array(width * height * colours);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = (pixels[pixel * channels + colours] ?? 255) / 255;
    for (let colour = 0; colour < colours; colour++) {
      const value = pixels[pixel * channels + colour] ?? 0;
      laid[pixel * colours + colour] = Math.round(value * opacity + 255 * (1 - opacity));
    }
  }
  return { width, height, channels: colours, pixels: laid };
}

/** To 1 or 3 channels; brightness by ITU-R BT.601, as PIL's conversion to L. */
export function withChannels(image: Pixels, channels: 1 | 3): Pixels {
  const { width, height, pixels } = image;
  if (image.channels === channels) return image;
  const count = width * height;
  const out = new Uint8Array(count * channels);
  for (let at = 0; at < count; at++) {
    if (channels === 3) out.fill(pixels[at] ?? 0, at * 3, at * 3 + 3);
    else {
      const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 3, at * 3 + 3);
      out[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return { width, height, channels, pixels: out };
}

interface Tap {
  from: number;
  weights: number[];
}

/**
 * For each place of a line of `target` samples which of `source` it is made of: when shrinking the mean of what it
 * covers, parts counted by their share; when growing the line between the two nearest (centres aligned).
 */
function tapsOf(source: number, target: number): Tap[] {
  const scale = source / target;
  return Array.from({ length: target }, (_, place): Tap => {
    if (scale < 1) {
      const centre = Math.min(source - 1, Math.max(0, (place + 0.5) * scale - 0.5));
      const from = Math.min(Math.floor(centre), Math.max(0, source - 2));
      return { from, weights: source === 1 ? [1] : [1 - (centre - from), centre - from] };
    }
    const [start, end] = [place * scale, Math.min(source, (place + 1) * scale)];
    const from = Math.floor(start);
    const weights: number[] = [];
    for (let at = from; at < end; at++) weights.push((Math.min(end, at + 1) - Math.max(start, at)) / scale);
    return { from, weights };
  });
}

/** Stretches an image to a size: area averaging to shrink, bilinear to grow, each side on its own. */
export function resized(image: Pixels, width: number, height: number): Pixels {
  const { channels } = image;
  if (image.width === width && image.height === height) return image;
  const wide = new Float32Array(width * image.height * channels);
  const across = tapsOf(image.width, width);
  for (let y = 0; y < image.height; y++)
    across.forEach(({ from, weights }, x) => {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++)
          sum +=
            (weights[tap] ?? 0) * (image.pixels[(y * image.width + from + tap) * channels + channel] ?? 0);
        wide[(y * width + x) * channels + channel] = sum;
      }
    });
  return {
    width,
    height,
    channels,
    pixels: shrunkDown(wide, tapsOf(image.height, height), width * channels),
  };
}

/** The second pass: every line of the result from the lines it is made of. */
function shrunkDown(wide: Float32Array, taps: readonly Tap[], line: number): Uint8Array {
  const pixels = new Uint8Array(taps.length * line);
  taps.forEach(({ from, weights }, y) => {
    for (let at = 0; at < line; at++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++)
        sum += (weights[tap] ?? 0) * (wide[(from + tap) * line + at] ?? 0);
      pixels[y * line + at] = Math.round(sum);
    }
  });
  return pixels;
}
