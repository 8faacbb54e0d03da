import { type PixelLimits, pixelLimits } from "../../../kernel/images/index.js";

/** What an archive of images may hold at most; every limit is known from headers, before memory is taken. */
export interface ImageLimits extends PixelLimits {
  /** Entries of the archive, folders too. */
  entries: number;
  /** Bytes of one file, in the archive and once it is inflated. */
  entryBytes: number;
  /** Bytes of all files once they are inflated. */
  totalBytes: number;
  /** Inflated by compressed size, looked at from 64 KiB on: images hardly shrink, and small tables may. */
  ratio: number;
  /** Pixels of all images together, which is what decoding takes time for. */
  totalPixels: number;
  /** Length of a path in the archive, in UTF-16 code units. */
  nameLength: number;
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

export const ratioMattersFrom = 64 * 1024;
