import {
  type InputShape,
  maskedLayers,
  parseArchitecture,
  weightShapes,
  sizeOf,
} from "../../../../src/rooms/learning/architecture/index.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

/** Texts of up to `length` tokens whose padding is left out. */
export const tokens = (length: number): InputShape => ({ shape: [length], vocabulary: 9, maskZero: true });

/** A network of two outputs over such texts, with weights that are the same for any length. */
export function drawn(layers: readonly object[], input: InputShape) {
  const architecture = parseArchitecture({ layers });
  const random = seededRandom(5, "padded");
  const size = weightShapes(architecture, input, 2).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { architecture, weights: Float32Array.from({ length: size }, () => random() * 2 - 1) };
}

/** Which of the layers leave out padding. */
export function maskedTypes(layers: readonly object[]): string[] {
  const architecture = parseArchitecture({ layers });
  const masked = maskedLayers(architecture, tokens(6));
  return architecture.layers.flatMap(({ type }, index) => (masked[index] ? [type] : []));
}

/** Rows of tokens, padded in front to `length`. */
export const padded = (texts: readonly (readonly number[])[], length: number): Float32Array =>
  Float32Array.from(texts.flatMap((text) => [...Array<number>(length - text.length).fill(0), ...text]));
