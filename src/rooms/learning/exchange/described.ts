import type { InputShape } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { ArtefactInvalid } from "../errors.js";
import { nameWeights } from "../network/index.js";
import { inputShapeOf } from "../preprocessing.js";
import { outputWidth } from "../target.js";

/** How the network sees a row, and how many values come out of it. */
export const networkSides = ({ preprocessing }: Artefact): { input: InputShape; outputs: number } => ({
  input: inputShapeOf(preprocessing),
  outputs: outputWidth(preprocessing.target),
});

export interface NamedWeight {
  shape: number[];
  values: Float32Array;
}

/** Looks a tensor up by its name in `weightShapes`. Throws ARTEFACT_INVALID where there is none. */
export type NamedWeights = (name: string) => NamedWeight;

export function allWeights(artefact: Artefact): Map<string, NamedWeight> {
  const { input, outputs } = networkSides(artefact);
  return nameWeights(artefact.weights, artefact.architecture, input, outputs);
}

export function namedWeights(artefact: Artefact): NamedWeights {
  const named = allWeights(artefact);
  return (name) => {
    const found = named.get(name);
    if (!found) throw new ArtefactInvalid(undefined, { fault: `There is no tensor ${name}.` });
    return found;
  };
}
