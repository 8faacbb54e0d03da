import type { ColourMode } from "./headers.js";
import type { PixelLimits } from "./limits.js";

/** The size that all images of a training have: pixels, and 1 channel (brightness) or 3 (red, green, blue). */
export interface ImageSize {
  width: number;
  height: number;
  channels: 1 | 3;
}

/** Pixels of one image as a network sees it; a network on more of them would not fit a training's memory. */
export const mostExamplePixels = 256 * 256;

/** What is wanted of an image: that it is good, its pixels in a size, or a small picture to look at. */
export type Wanted =
  | { kind: "facts" }
  | ({ kind: "pixels" } & ImageSize)
  | { kind: "thumbnail"; side: number };

export interface ToDecoder {
  id: number;
  bytes: Uint8Array;
  wanted: Wanted;
  limits: PixelLimits;
}

/** An image that was decoded to its last pixel. */
export interface Decoded {
  width: number;
  height: number;
  mode: ColourMode;
  /** SHA-256 of the file, hexadecimal. */
  hash: string;
  type: "PNG" | "JPEG";
  /** Of `pixels`: channels of the wanted size. Of `thumbnail`: a data URL. */
  pixels: Uint8Array | null;
  thumbnail: string | null;
}

export type FromDecoder =
  | { id: number; decoded: Decoded }
  | { id: number; fault: { message: string; tooLarge: boolean } };
