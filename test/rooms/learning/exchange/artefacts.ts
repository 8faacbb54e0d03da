import fc from "fast-check";
import {
  activations,
  type Architecture,
  type DenseLayer,
  type Layer,
  sizeOf,
  weightShapes,
} from "../../../../src/rooms/learning/architecture/index.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { networkSides } from "../../../../src/rooms/learning/exchange/described.js";
import { forwardNetwork } from "../../../../src/rooms/learning/network/index.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

const layer: fc.Arbitrary<DenseLayer> = fc.record({
  type: fc.constant("DENSE"),
  units: fc.integer({ min: 1, max: 40 }),
  activation: fc.constantFrom(...activations),
  dropout: fc.constantFrom(0, 0.5),
  l2: fc.constant(0),
  batchNormalization: fc.boolean(),
});

type Described = Artefact["preprocessing"];

const target = (classes: number): Described["target"] =>
  classes > 1
    ? {
        type: "CLASSIFICATION",
        column: "kind",
        classes: Array.from({ length: classes }, (_, at) => `k${at}`),
      }
    : { type: "REGRESSION", column: "price", mean: 20.5, deviation: 4.25 };

/** A table of every kind of feature. */
const mixed: Described["features"] = [
  { kind: "NUMBER", column: "größe", median: 1.5, mean: 2, deviation: 0.25, indicator: true },
  { kind: "NUMBER", column: "b", median: -3, mean: 12, deviation: 7, indicator: false },
  { kind: "BOOLEAN", column: 'c "quoted" \\', fallback: 1, indicator: true },
  { kind: "CATEGORY", column: "colour", categories: ["blue", "red", "日本"], missing: true },
  { kind: "CATEGORY", column: "size", categories: ["1", "2"], missing: false },
];

/** A table of so many numbers. */
const numbers = (width: number): Described["features"] =>
  Array.from({ length: width }, (_, at) => ({
    kind: "NUMBER",
    column: `n${at}`,
    median: 0,
    mean: 0,
    deviation: 1,
    indicator: false,
  }));

/** A network over any preprocessing; its weights are drawn. */
export function weigh(preprocessing: Described, architecture: Architecture, seed = 1): Artefact {
  const random = seededRandom(seed, "artefact");
  const kernels = { backend: "wasm", version: "4.22.0" };
  const artefact = { kernels, preprocessing, architecture, weights: new Float32Array() };
  const { input, outputs } = networkSides(artefact);
  const values = weightShapes(architecture, input, outputs).flatMap(({ name, shape }) => {
    const scale = shape.length > 1 ? 1 / Math.sqrt(sizeOf(shape.slice(0, -1))) : 1;
    const draw = (): number => (name.endsWith("variance") ? 0.3 + random() : (random() * 2 - 1) * scale);
    return Array.from({ length: sizeOf(shape) }, draw);
  });
  return { ...artefact, weights: Float32Array.from(values) };
}

/** A network as if trained: sums stay of the order of 1, and a variance is positive. */
export const artefactOf = (layers: Layer[], classes: number, seed = 1): Artefact =>
  weigh(
    { features: mixed, leftOut: [{ column: "note", reason: "Free text." }], target: target(classes) },
    { layers },
    seed,
  );

/** The same over a table of numbers. */
export const wideArtefact = (width: number, layers: Layer[], seed = 1): Artefact =>
  weigh({ features: numbers(width), leftOut: [], target: target(3) }, { layers }, seed);

/** The same over texts of `length` tokens, as trained today: padding is left out; and as trained before. */
export const tokenArtefact = (length: number, layers: Layer[], seed = 1, before = false): Artefact => {
  const tokens = Array.from({ length: 41 }, (_, at) => `w${at}`);
  const mask = { maskZero: true as const };
  const sequence = { unit: "WORD" as const, length, tokens, different: 50, ...(!before && mask) };

  const features: Described["features"] = [{ kind: "TOKENS", column: "note", sequence }];
  return weigh({ features, leftOut: [], target: target(3) }, { layers }, seed);
};

/** Dense networks of all kinds, with and without hidden layers. */
export const artefacts: fc.Arbitrary<Artefact> = fc
  .tuple(fc.array(layer, { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), fc.nat(1_000))
  .map(([layers, classes, seed]) => artefactOf(layers, classes, seed));

/** One layer of every activation, with batch normalisation and without. */
export const everyLayer: DenseLayer[] = activations.flatMap((activation) =>
  [false, true].map((batchNormalization) => ({
    type: "DENSE" as const,
    units: 7,
    activation,
    dropout: 0.1,
    l2: 0,
    batchNormalization,
  })),
);

export const widthOf = (artefact: Artefact): number => sizeOf(networkSides(artefact).input.shape);

/** Rows of encoded values, seeded; of token numbers where the network reads these. */
export function matrixOf(artefact: Artefact, rows: number, seed = 7): Float32Array {
  const random = seededRandom(seed, "rows");
  const { vocabulary } = networkSides(artefact).input;
  const width = widthOf(artefact);
  const length = rows * width;
  // Texts of every length, none included, with their padding in front.
  const token = (): number => 1 + Math.floor(random() * ((vocabulary ?? 1) - 1));
  const padding = (at: number): number => width - (Math.floor(at / width) % (width + 1));
  if (vocabulary !== undefined)
    return Float32Array.from({ length }, (_, at) => (at % width < padding(at) ? 0 : token()));
  return Float32Array.from({ length }, () => random() * 6 - 3);
}

/** What our own network answers; the back end must be started. */
export function expectedOf(artefact: Artefact, matrix: Float32Array, rows: number): Float32Array {
  const { input, outputs } = networkSides(artefact);
  const network = forwardNetwork(artefact.architecture, artefact.weights, input, outputs);
  try {
    return network.run(matrix, rows);
  } finally {
    network.dispose();
  }
}
