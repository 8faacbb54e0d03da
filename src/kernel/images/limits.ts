/** What one image may be; known from its header, before memory is taken for its pixels. */
export interface PixelLimits {
  /** Pixels of one side. */
  side: number;
  /** Pixels in all: width times height. */
  pixels: number;
}

export const pixelLimits: Readonly<PixelLimits> = { side: 4_096, pixels: 16 * 2 ** 20 };
