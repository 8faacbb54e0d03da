import { z } from "zod";
import { type ImageSize, mostExamplePixels } from "../../../kernel/images/index.js";

const side = z.int().min(1).max(mostExamplePixels);
const scales = z.union([z.array(z.number()).length(1), z.array(z.number()).length(3)]);

/** Pixels standardised channel by channel: `mean` and `deviation` of the training images, brightness 0 to 255. */
export const imageFeatureSchema = z
  .strictObject({
    kind: z.literal("IMAGE"),
    column: z.string().max(1_000),
    width: side,
    height: side,
    channels: z.literal([1, 3]),
    mean: scales,
    deviation: scales,
  })
  .refine(({ width, height }) => width * height <= mostExamplePixels)
  .refine(({ channels, mean, deviation }) => mean.length === channels && deviation.length === channels)
  .refine(({ deviation }) => deviation.every((value) => value > 0));
export type ImageFeature = z.infer<typeof imageFeatureSchema>;

/** The cell of an image: its pixels, `height × width × channels` bytes in that order, as base64. */
export const imageCell = (pixels: Uint8Array): string =>
  Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength).toString("base64");

const pixelsOf = (cell: string | null | undefined): Buffer => Buffer.from(cell ?? "", "base64");

export const imageWidth = ({ width, height, channels }: ImageSize): number => width * height * channels;

/** Counts of each brightness are whole numbers, so neither the order of the images nor rounding can show. */
function brightnessCounts(cells: readonly (string | null | undefined)[], channels: number): number[][] {
  const counts = Array.from({ length: channels }, () => Array<number>(256).fill(0));
  for (const cell of cells)
    pixelsOf(cell).forEach((value, at) => {
      const channel = counts[at % channels];
      if (channel) channel[value] = (channel[value] ?? 0) + 1;
    });
  return counts;
}

function spreadOf(counts: readonly number[]): { mean: number; deviation: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / Math.max(1, total);
  const squares = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0);
  // A channel of one brightness would divide by zero.
  return { mean, deviation: Math.sqrt(squares / Math.max(1, total)) || 1 };
}

/** Learns the scale of each channel from the training images alone. */
export function fitImage(
  column: string,
  cells: readonly (string | null | undefined)[],
  { width, height, channels }: ImageSize,
): ImageFeature {
  const spreads = brightnessCounts(cells, channels).map(spreadOf);
  const mean = spreads.map((spread) => spread.mean);
  const deviation = spreads.map((spread) => spread.deviation);
  return { kind: "IMAGE", column, width, height, channels, mean, deviation };
}

/** Writes the pixels of a cell into `out` from `at` on; what a cell lacks stays 0, the mean of the training images. */
export function imageWriter(
  feature: ImageFeature,
): (cell: string | null | undefined, out: Float32Array, at: number) => void {
  const { channels, mean, deviation } = feature;
  const width = imageWidth(feature);
  const scaled = mean.map((middle, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value - middle) / (deviation[channel] ?? 1)),
  );
  return (cell, out, at) => {
    const pixels = pixelsOf(cell).subarray(0, width);
    for (let place = 0; place < pixels.length; place++)
      out[at + place] = scaled[place % channels]?.[pixels[place] ?? 0] ?? 0;
  };
}
