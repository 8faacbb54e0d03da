import { tensor, tensor2d } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import fc from "fast-check";
import {
  activations,
  type Layer,
  layerTypes,
  type LayerType,
  outline,
  paddings,
} from "../../../../src/rooms/learning/architecture/index.js";
import { type Artefact, packArtefact, parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree, loadOnnx } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { networkSides } from "../../../../src/rooms/learning/exchange/described.js";
import { parseHyperparameters } from "../../../../src/rooms/learning/hyperparameters.js";
import { GraphSession } from "../../../../src/rooms/learning/importing/graph-session.js";
import { parseOnnxArtefact } from "../../../../src/rooms/learning/importing/onnx-artefact.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { Trainer } from "../../../../src/rooms/learning/trainer.js";
import { exported, planFor } from "../importing/support.js";
import { expectedOf, matrixOf, tokenArtefact, wideArtefact } from "./artefacts.js";
import { loadTfjs } from "./tfjs-model.js";

const activation = fc.constantFrom(...activations);
const dropout = fc.constantFrom(0, 0.3);
const small = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const type = <Type extends LayerType>(name: Type): { type: fc.Arbitrary<Type> } => ({
  type: fc.constant(name),
});
const padding = fc.constantFrom(...paddings);
const convolution = {
  filters: small(5),
  kernelSize: small(3),
  strides: small(2),
  padding,
  activation,
  dropout,
  l2: fc.constant(0),
  batchNormalization: fc.boolean(),
};
const pooling = { poolSize: small(3), strides: small(3), padding };
const recurrent = { units: small(6), returnSequences: fc.boolean(), dropout, l2: fc.constant(0) };

/** Any layer of each type. A type without an entry does not compile, which is the guard's first half. */
const layers: { [Type in LayerType]: fc.Arbitrary<Extract<Layer, { type: Type }>> } = {
  DENSE: fc.record({
    ...type("DENSE"),
    units: small(8),
    activation,
    dropout,
    l2: fc.constant(0),
    batchNormalization: fc.boolean(),
  }),
  CONV1D: fc.record({ ...type("CONV1D"), ...convolution }),
  CONV2D: fc.record({ ...type("CONV2D"), ...convolution }),
  MAX_POOLING1D: fc.record({ ...type("MAX_POOLING1D"), ...pooling }),
  MAX_POOLING2D: fc.record({ ...type("MAX_POOLING2D"), ...pooling }),
  AVERAGE_POOLING1D: fc.record({ ...type("AVERAGE_POOLING1D"), ...pooling }),
  AVERAGE_POOLING2D: fc.record({ ...type("AVERAGE_POOLING2D"), ...pooling }),
  GLOBAL_AVERAGE_POOLING: fc.record(type("GLOBAL_AVERAGE_POOLING")),
  GLOBAL_MAX_POOLING: fc.record(type("GLOBAL_MAX_POOLING")),
  EMBEDDING: fc.record({ ...type("EMBEDDING"), dimensions: fc.constantFrom(2, 4) }),
  POSITION_EMBEDDING: fc.record(type("POSITION_EMBEDDING")),
  LSTM: fc.record({ ...type("LSTM"), ...recurrent }),
  GRU: fc.record({ ...type("GRU"), ...recurrent }),
  TRANSFORMER_BLOCK: fc.record({
    ...type("TRANSFORMER_BLOCK"),
    heads: fc.constantFrom(1, 2),
    units: small(6),
    activation,
    dropout,
  }),
  DROPOUT: fc.record({ ...type("DROPOUT"), dropout: fc.constant(0.2) }),
  BATCH_NORMALIZATION: fc.record(type("BATCH_NORMALIZATION")),
  LAYER_NORMALIZATION: fc.record(type("LAYER_NORMALIZATION")),
  FLATTEN: fc.record(type("FLATTEN")),
  RESHAPE: fc.record({
    ...type("RESHAPE"),
    shape: fc.constantFrom([8, 4], [4, 4, 2], [32]),
  }),
};

const outputs = 3;

/** Those of the candidates that fit behind each other, and what makes one line of the last. */
function fitting(candidates: readonly Layer[], input: { shape: number[]; vocabulary?: number }): Layer[] {
  const kept: Layer[] = [];
  for (const candidate of candidates) {
    const { fault } = outline({ layers: [...kept, candidate] }, input, outputs);
    if (fault === null || fault.path === "architecture.layers") kept.push(candidate);
  }
  const last = outline({ layers: kept }, input, outputs);
  return last.fault === null ? kept : [...kept, { type: "FLATTEN" }];
}

const candidates = fc.array(fc.oneof(...layerTypes.map((name): fc.Arbitrary<Layer> => layers[name])), {
  minLength: 4,
  maxLength: 14,
});
const table = candidates.chain((some) =>
  layers.RESHAPE.map((reshape) => wideArtefact(32, fitting([reshape, ...some], { shape: [32] }))),
);
const text = candidates.chain((some) =>
  layers.EMBEDDING.map((embedding) =>
    tokenArtefact(6, fitting([embedding, ...some], { shape: [6], vocabulary: 43 })),
  ),
);

/** The artefact with the weights of one real step of training. */
async function trained(artefact: Artefact): Promise<Artefact> {
  const rows = 8;
  const { input } = networkSides(artefact);
  const classes = Array.from({ length: rows * outputs }, (_, at) => Number(at % outputs === at % 4));
  const train = {
    x: tensor(matrixOf(artefact, rows), [rows, ...input.shape]),
    y: tensor2d(classes, [rows, outputs]),
  };
  const hyperparameters = parseHyperparameters({ epochs: 1, batchSize: rows }, "CLASSIFICATION", rows, false);
  const { architecture } = artefact;
  const options = { type: "CLASSIFICATION", architecture, input, hyperparameters, seed: 5 } as const;
  const trainer = await Trainer.start({ ...options, train, validation: null, fingerprint: "" });
  await trainer.epoch();
  const { weights } = trainer;
  trainer.dispose();
  return parseArtefact(packArtefact({ ...artefact, weights }).bytes);
}

const rows = 5;

async function checkOnnx(artefact: Artefact, matrix: Float32Array, expected: Float32Array): Promise<void> {
  const network = await loadOnnx(artefact);
  expect(agree(expected, await network.run(matrix, rows)), "served by onnxruntime").to.equal(true);
  await network.dispose();
  const plan = planFor("ONNX", { type: "CLASSIFICATION" });
  const { model, sides } = parseOnnxArtefact((await readImport(exported(artefact, "ONNX"), plan)).artefact);
  const session = await GraphSession.open(model, sides);
  expect(agree(expected, await session.run(matrix, rows)), "imported from ONNX").to.equal(true);
  await session.close();
}

async function checkTfjs(artefact: Artefact, matrix: Float32Array, expected: Float32Array): Promise<void> {
  const file = exported(artefact, "TFJS");
  const model = await loadTfjs(file);
  const { shape } = networkSides(artefact).input;
  const output = model.predictOnBatch(tensor(matrix, [rows, ...shape]));
  const values = (Array.isArray(output) ? output[0] : output)?.dataSync<"float32">();
  model.dispose();
  expect(agree(expected, values ?? new Float32Array()), "read by tfjs-layers").to.equal(true);
  const { artefact: bytes } = await readImport(file, planFor("TFJS", { type: "CLASSIFICATION" }));
  expect(agree(expected, expectedOf(parseArtefact(bytes), matrix, rows)), "imported from TF.js").to.equal(
    true,
  );
}

describe("learning: every layer in every table", () => {
  before(startBackend);

  it("trains, is stored, is served by both engines, leaves and comes back with the same answers", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 3, arbitrary: table }, { weight: 1, arbitrary: text }),
        async (drawn) => {
          const artefact = await trained(drawn);
          const types = artefact.architecture.layers.map((layer) => layer.type);
          for (const name of types) seen.add(name);
          const matrix = matrixOf(artefact, rows, 11);
          const expected = expectedOf(artefact, matrix, rows);
          await checkOnnx(artefact, matrix, expected);
          await checkTfjs(artefact, matrix, expected);
        },
      ),
      { numRuns: 60, seed: 1_889 },
    );
    expect([...seen]).to.have.members(layerTypes);
  }).timeout(180_000);
});
