import fc from "fast-check";
import {
  activations,
  type DenseLayer,
  parameterCount,
  weightShapes,
} from "../../../../src/rooms/learning/architecture.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { ForwardNetwork } from "../../../../src/rooms/learning/network.forward.js";
import { inputWidth } from "../../../../src/rooms/learning/preprocessing.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { outputWidth } from "../../../../src/rooms/learning/target.js";

const layer: fc.Arbitrary<DenseLayer> = fc.record({
  units: fc.integer({ min: 1, max: 40 }),
  activation: fc.constantFrom(...activations),
  dropout: fc.constantFrom(0, 0.5),
  l2: fc.constant(0),
  batchNormalization: fc.boolean(),
});

const preprocessing = (classes: number): Artefact["preprocessing"] => ({
  features: [
    { kind: "NUMBER", column: "größe", median: 1.5, mean: 2, deviation: 0.25, indicator: true },
    { kind: "NUMBER", column: "b", median: -3, mean: 12, deviation: 7, indicator: false },
    { kind: "BOOLEAN", column: 'c "quoted" \\', fallback: 1, indicator: true },
    { kind: "CATEGORY", column: "colour", categories: ["blue", "red", "日本"], missing: true },
    { kind: "CATEGORY", column: "size", categories: ["1", "2"], missing: false },
  ],
  leftOut: [{ column: "note", reason: "Free text." }],
  target:
    classes > 1
      ? {
          type: "CLASSIFICATION",
          column: "kind",
          classes: Array.from({ length: classes }, (_, at) => `k${at}`),
        }
      : { type: "REGRESSION", column: "price", mean: 20.5, deviation: 4.25 },
});

/** A network as if trained: sums stay of the order of 1, and a variance is positive. */
export function artefactOf(layers: DenseLayer[], classes: number, seed = 1): Artefact {
  const random = seededRandom(seed, "artefact");
  const architecture = { layers };
  const described = preprocessing(classes);
  const [inputs, outputs] = [inputWidth(described.features), outputWidth(described.target)];
  const weights = new Float32Array(parameterCount(architecture, inputs, outputs));
  let at = 0;
  for (const { name, shape } of weightShapes(architecture, inputs, outputs)) {
    const size = shape.reduce((product, side) => product * side, 1);
    const scale = shape.length === 2 ? 1 / Math.sqrt(shape[0] ?? 1) : 1;
    for (const end = at + size; at < end; at++)
      weights[at] = name.endsWith(".variance") ? 0.3 + random() : (random() * 2 - 1) * scale;
  }
  return { kernels: { backend: "wasm", version: "4.22.0" }, preprocessing: described, architecture, weights };
}

/** Dense networks of all kinds, with and without hidden layers. */
export const artefacts: fc.Arbitrary<Artefact> = fc
  .tuple(fc.array(layer, { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), fc.nat(1_000))
  .map(([layers, classes, seed]) => artefactOf(layers, classes, seed));

/** One layer of every activation, with batch normalisation and without. */
export const everyLayer: DenseLayer[] = activations.flatMap((activation) =>
  [false, true].map((batchNormalization) => ({
    units: 7,
    activation,
    dropout: 0.1,
    l2: 0,
    batchNormalization,
  })),
);

export const widthOf = ({ preprocessing: { features } }: Artefact): number => inputWidth(features);

/** Rows of encoded values, seeded. */
export function matrixOf(artefact: Artefact, rows: number, seed = 7): Float32Array {
  const random = seededRandom(seed, "rows");
  return Float32Array.from({ length: rows * widthOf(artefact) }, () => random() * 6 - 3);
}

/** What our own network answers; the back end must be started. */
export function expectedOf(artefact: Artefact, matrix: Float32Array, rows: number): Float32Array {
  const { architecture, weights, preprocessing: described } = artefact;
  const network = new ForwardNetwork(architecture, weights, widthOf(artefact), outputWidth(described.target));
  try {
    return network.run(matrix, rows);
  } finally {
    network.dispose();
  }
}
