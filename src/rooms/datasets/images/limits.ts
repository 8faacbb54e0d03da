import type { ArchiveLimits } from "../../../kernel/archives/index.js";
import { type PixelLimits, pixelLimits } from "../../../kernel/images/index.js";

/** What an archive of images may hold at most; every limit is known from headers, before memory is taken. */
export interface ImageLimits extends ArchiveLimits, PixelLimits {
  /** Pixels of all images together, which is what decoding takes time for. */
  totalPixels: number;
  /** Length of a label. */
  labelLength: number;
}

export const imageLimits: Readonly<ImageLimits> = {
  entries: 50_000,
  entryBytes: 16 * 2 ** 20,
  totalBytes: 512 * 2 ** 20,
  ratio: 200,
  ...pixelLimits,
  totalPixels: 2 ** 30,
  nameLength: 512,
  labelLength: 128,
};
