import jpeg from "jpeg-js";
import { ImageFault, type ImageHeader, ImageTooLarge, headerOf } from "./headers.js";
import type { PixelLimits } from "./limits.js";
import { type Pixels, withChannels } from "./pixels.js";
import { decodePng } from "./png.js";

/** What the decoder counts for itself; sixteen million pixels in three colours take about two thirds of it. */
const jpegMegabytes = 768;

/** The header of an image within the limits. Throws ImageFault, with `limit` where it is too large. */
export function checkedHeader(bytes: Buffer, { side, pixels }: PixelLimits): ImageHeader {
  const header = headerOf(bytes);
  const { width, height } = header;
  if (width === 0 || height === 0) throw new ImageFault("is an image without pixels.");
  if (width > side || height > side || width * height > pixels)
    throw new ImageTooLarge(`has ${width} × ${height} pixels; a side may have ${side}. Send smaller images.`);
  return header;
}

/** Decodes a PNG or JPEG whose header was found good, to brightness or to RGB. Throws ImageFault. */
export function decodeImage(bytes: Buffer, header: ImageHeader): Pixels {
  const { type, width, height, mode } = header;
  try {
    const image = type === "PNG" ? decodePng(bytes, header) : decodeJpeg(bytes);
    if (image.width !== width || image.height !== height) throw new Error("another size");
    return withChannels(image, mode === "GREY" || mode === "GREY_ALPHA" ? 1 : 3);
  } catch (error) {
    if (error instanceof ImageFault) throw error;
    if (error instanceof Error && /limit exceeded/.test(error.message))
      throw new ImageTooLarge("takes too much memory to decode. Send it smaller.");
    throw new ImageFault("is damaged and can't be decoded.");
  }
}

function decodeJpeg(bytes: Buffer): Pixels {
  const options = {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: 17,
    maxMemoryUsageInMB: jpegMegabytes,
  } as const;
  const { width, height, data } = jpeg.decode(bytes, options);
  return { width, height, channels: 3, pixels: data };
}
