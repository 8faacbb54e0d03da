import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { activations, type Layer } from "../../../../src/rooms/learning/architecture/index.js";
import { type Artefact, packArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { networkSides } from "../../../../src/rooms/learning/exchange/described.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import { Generator } from "../../../../src/rooms/learning/generation/index.js";
import { expectedOf, matrixOf, tokenArtefact, weigh } from "./artefacts.js";
import { attentiveBefore, attentivePadding, attentiveTokens, customised } from "./layered.js";
import type { Question } from "./tfjs-reader.js";

const reader = fileURLToPath(new URL("tfjs-reader.js", import.meta.url));
const rows = 7;
const length = 6;
const embedding: Layer = { type: "EMBEDDING", dimensions: 4 };
const block: Layer = { type: "TRANSFORMER_BLOCK", heads: 2, units: 5, activation: "RELU", dropout: 0.1 };
const average: Layer = { type: "GLOBAL_AVERAGE_POOLING" };

/** A language model, whose answers are scores after each place of its window. */
const generator = weigh(
  {
    features: [
      {
        kind: "TOKENS",
        column: "text",
        sequence: {
          unit: "CHARACTER",
          length,
          tokens: "abcdefghij".split(""),
          different: 10,
          verbatim: true,
        },
      },
    ],
    leftOut: [],
    target: { type: "TEXT_GENERATION", column: "text", outputs: 12 },
  },
  {
    layers: [
      embedding,
      { type: "POSITION_EMBEDDING" },
      { ...block, causal: true },
      { type: "LAYER_NORMALIZATION" },
    ],
  },
);

function served(artefact: Artefact, matrix: Float32Array): Float32Array {
  if (artefact !== generator) return expectedOf(artefact, matrix, rows);
  const network = Generator.load(artefact);
  const scores = network.scores(matrix, rows);
  network.dispose();
  return scores;
}

const networks: [string, Artefact][] = [
  ...customised,
  ["a classifier of texts that leaves out padding", attentiveTokens],
  ["the same from before padding was left out", attentiveBefore],
  ["blocks whose steps of padding are seen, causal too", attentivePadding],
  ["a generator of texts", generator],
  ...activations.map((activation): [string, Artefact] => [
    `a block with ${activation}`,
    tokenArtefact(length, [embedding, { ...block, activation }, average]),
  ]),
];

describe("learning: TF.js layers of our own", () => {
  let folder = "";
  let found: number[][][] = [];
  const matrices = networks.map(([, artefact]) => matrixOf(artefact, rows));

  before(async () => {
    await startBackend();
    folder = mkdtempSync(join(tmpdir(), "tenfold-layers-"));
    const questions = networks.map(([, artefact], at): Question => {
      const own = join(folder, String(at));
      mkdirSync(own);
      for (const { name, parts } of exportFiles(packArtefact(artefact).bytes, "TFJS"))
        writeFileSync(join(own, name), Buffer.concat(parts));
      const { shape } = networkSides(artefact).input;
      return { folder: own, rows: [...(matrices[at] ?? [])], shape: [rows, ...shape] };
    });
    // One process for all of them: the library takes longer to start than to answer.
    const output = execFileSync(process.execPath, ["--no-warnings", reader], {
      input: JSON.stringify(questions),
      encoding: "utf8",
      stdio: "pipe",
      maxBuffer: 2 ** 26,
    });
    found = JSON.parse(output);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  networks.forEach(([name, artefact], at) => {
    for (const [backend, place] of [
      ["cpu", at],
      ["wasm", at + networks.length],
    ] as const)
      it(`are read by the plain library's ${backend} from the files alone, and saved by it: ${name}`, () => {
        const expected = served(artefact, matrices[at] ?? new Float32Array());
        const [first = [], again = []] = found[place] ?? [];
        expect(agree(expected, Float32Array.from(first))).to.equal(true);
        expect(again).to.deep.equal(first);
      });
  });
});
