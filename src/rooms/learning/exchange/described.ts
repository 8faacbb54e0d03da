import type { Artefact } from "../artefact.js";
import { ArtefactInvalid } from "../errors.js";
import { inputWidth } from "../preprocessing.js";
import { outputWidth } from "../target.js";
import { nameWeights } from "../weights.js";

/** How many values go into the network and come out of it, a row. */
export const networkWidths = ({ preprocessing }: Artefact): { inputs: number; outputs: number } => ({
  inputs: inputWidth(preprocessing.features),
  outputs: outputWidth(preprocessing.target),
});

export interface NamedWeight {
  shape: number[];
  values: Float32Array;
}

/** Looks a tensor up by its name in `weightShapes`. Throws ARTEFACT_INVALID where there is none. */
export type NamedWeights = (name: string) => NamedWeight;

export function allWeights(artefact: Artefact): Map<string, NamedWeight> {
  const { inputs, outputs } = networkWidths(artefact);
  return nameWeights(artefact.weights, artefact.architecture, inputs, outputs);
}

export function namedWeights(artefact: Artefact): NamedWeights {
  const named = allWeights(artefact);
  return (name) => {
    const found = named.get(name);
    if (!found) throw new ArtefactInvalid(undefined, { fault: `There is no tensor ${name}.` });
    return found;
  };
}
