import { parseChoice, resolveArchitecture } from "./choice.js";
import type { Architecture } from "./layer.js";
import type { InputShape } from "./outputs.js";

/** Convolutions until about four rows or columns are left: what a shape is then no longer depends on where it stands. */
const depthFor = (side: number): number => Math.min(6, Math.max(2, Math.round(Math.log2(side)) - 2));

/** The larger an image, the more its first convolution costs, and it only has to find edges. */
const filtersFor = (side: number): number => (side <= 32 ? 32 : side <= 64 ? 16 : 8);

/** A convolutional network that suits a first try on images of a shape [height, width, channels]. */
export function suitableImageArchitecture(input: InputShape): Architecture {
  const [height = 1, width = 1] = input.shape;
  const [short, long] = [Math.min(height, width), Math.max(height, width)];
  const parameters = { depth: depthFor(short), filters: filtersFor(long) };
  return resolveArchitecture(parseChoice({ preset: "CNN_2D", parameters }), input);
}
