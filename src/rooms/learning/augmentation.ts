import { z } from "zod";
import { hyperparameterLimits, bounded } from "./hyperparameter-limits.js";

/** How the images of an epoch differ from those of the others; each is drawn anew. */
export const augmentationSchema = z.strictObject({
  /** Most that an image is moved up, down and to the sides: a part of its height and width. */
  shift: bounded(z.number(), hyperparameterLimits.shift).default(0),
  /** Mirrors half of the images left to right. */
  flip: z.boolean().default(false),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** A whole number of pixels from `-most` to `most`, each as likely. */
const moved = (most: number, random: () => number): number => Math.floor(random() * (2 * most + 1)) - most;
const within = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));

/**
 * Moved and mirrored copies of images [height, width, channels]; what a move uncovers repeats the edge. Depends on the
 * random numbers alone, three to an image whatever is chosen.
 */
export function augmented(
  values: Float32Array,
  [height = 1, width = 1, channels = 1]: readonly number[],
  { shift, flip }: Augmentation,
  random: () => number,
): Float32Array {
  const line = width * channels;
  const out = new Float32Array(values.length);
  for (let image = 0; image < values.length; image += height * line) {
    const down = moved(Math.round(shift * height), random);
    const across = moved(Math.round(shift * width), random);
    const mirrored = random() < 0.5 && flip;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const column = within((mirrored ? width - 1 - x : x) - across, width);
        const from = image + within(y - down, height) * line + column * channels;
        out.set(values.subarray(from, from + channels), image + y * line + x * channels);
      }
  }
  return out;
}
