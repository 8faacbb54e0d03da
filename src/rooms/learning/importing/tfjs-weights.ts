import { shown } from "../../../kernel/archives/index.js";
import { normalizationEpsilon } from "../network/index.js";
import { ModelFileInvalid } from "./errors.js";
import type { Tensor } from "./tfjs-file.js";

/** Gives the values of one of our weights, whose shape is known by then. @throws MODEL_FILE_INVALID */
export type WeightSource = (shape: readonly number[]) => Float32Array;

const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** The same value everywhere, for what a layer leaves out: no bias, no scale. */
export const filled =
  (value: number): WeightSource =>
  (shape) =>
    new Float32Array(size(shape)).fill(value);

/** The file's weights by layer and their own name: Keras puts the layer's name before, and sometimes a cell's between. */
export class KerasWeights {
  readonly #tensors = new Map<string, Tensor>();

  constructor(tensors: ReadonlyMap<string, Tensor>) {
    for (const [key, tensor] of tensors) {
      const parts = key.replace(/:\d+$/, "").split("/");
      const place = `${parts[0]}/${parts.at(-1)}`;
      if (this.#tensors.has(place))
        throw new ModelFileInvalid(
          `The weights ${shown(key)} can't be told from others. Give each layer its name.`,
        );
      this.#tensors.set(place, tensor);
    }
  }

  of(layer: string, name: string): WeightSource {
    return (shape) => {
      const found = this.#tensors.get(`${layer}/${name}`);
      const wanted = `[${shape.join(", ")}]`;
      if (!found)
        throw new ModelFileInvalid(
          `The layer ${shown(layer)} lacks its weights ${shown(name)}. Export the model again.`,
        );
      if (found.shape.length === shape.length && found.shape.every((side, axis) => side === shape[axis]))
        return found.values;
      throw new ModelFileInvalid(
        `The weights ${shown(name)} of ${shown(layer)} are [${found.shape.join(", ")}], and the layer has ${wanted}. Export the model again.`,
      );
    };
  }
}

/** A variance to which our epsilon is added later, where the file's layer adds another. */
export const movedVariance =
  (source: WeightSource, epsilon: number): WeightSource =>
  (shape) =>
    source(shape).map((value) => value + (epsilon - normalizationEpsilon));
