import type { ColourMode } from "./profile.js";

/** What is wanted of an image: that it is good, its pixels in a size, or a small picture to look at. */
export type Wanted =
  | { kind: "facts" }
  | { kind: "pixels"; width: number; height: number; channels: 1 | 3 }
  | { kind: "thumbnail"; side: number };

export interface ToDecoder {
  id: number;
  bytes: Uint8Array;
  wanted: Wanted;
  limits: { side: number; pixels: number };
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
