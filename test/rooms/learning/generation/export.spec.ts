import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { Tensor } from "onnxruntime-node";
import type { Layer } from "../../../../src/rooms/learning/architecture/index.js";
import { type Artefact, packArtefact, parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import type { TextUnit } from "../../../../src/rooms/learning/encoding/index.js";
import { agree } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { checkExport, exportFormats } from "../../../../src/rooms/learning/exchange/export-formats.js";
import { Generator } from "../../../../src/rooms/learning/generation/index.js";
import {
  fitTextTokens,
  textSequence,
  TextTokens,
} from "../../../../src/rooms/learning/generation/text-tokens.js";
import { takeTurn } from "../../../../src/rooms/learning/generation/turn.js";
import { type GenerationRequest, writeText } from "../../../../src/rooms/learning/generation/write-text.js";
import { type ExportFormat, exportFiles } from "../../../../src/rooms/learning/index.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { outputWidth } from "../../../../src/rooms/learning/target.js";
import { matrixOf, weigh } from "../exchange/artefacts.js";
import { has } from "../exchange/python.js";
import { textOf } from "../exchange/texts.js";
import { loadTfjsFiles } from "../exchange/tfjs-model.js";
import { exported, planFor, refusal } from "../importing/support.js";
import { messages } from "./texts.js";
import { openOnnx } from "../../../support/onnx.js";

const context = 12;
const embedding: Layer = { type: "EMBEDDING", dimensions: 8 };
const units = { units: 9, returnSequences: true, dropout: 0.1, l2: 0 } as const;
const networks = {
  GRU: [embedding, { type: "GRU", ...units }],
  LSTM: [embedding, { type: "LSTM", ...units }, { type: "LSTM", ...units }],
  transformer: [
    embedding,
    { type: "POSITION_EMBEDDING" },
    { type: "TRANSFORMER_BLOCK", heads: 2, units: 9, activation: "GELU", dropout: 0.1, causal: true },
    { type: "LAYER_NORMALIZATION" },
  ],
} satisfies Record<string, Layer[]>;
type Network = keyof typeof networks;

/** A language model of plain and of strange texts, with weights that are drawn: nothing depends on what it learnt. */
function generatorOf(network: Network, unit: TextUnit = "CHARACTER"): Artefact {
  const strange = Array.from({ length: 60 }, (_, at) => textOf(at));
  const sequence = fitTextTokens([...messages(60), ...strange], unit, context);
  if (!sequence) throw new Error("There is nothing to learn.");
  const outputs = sequence.tokens.length + 2;
  return weigh(
    {
      features: [{ kind: "TOKENS", column: "text", sequence }],
      leftOut: [],
      target: { type: "TEXT_GENERATION", column: "text", outputs },
    },
    { layers: networks[network] },
  );
}

function tokensOf({ preprocessing }: Artefact): TextTokens {
  const sequence = textSequence(preprocessing);
  if (!sequence) throw new Error("It reads no texts.");
  return new TextTokens(sequence);
}

const filesOf = (artefact: Artefact, format: ExportFormat): Map<string, Buffer> =>
  new Map(
    exportFiles(packArtefact(artefact).bytes, format).map(({ name, parts }) => [name, Buffer.concat(parts)]),
  );

function scoresOf(artefact: Artefact, windows: Float32Array, rows: number): Float32Array {
  const generator = Generator.load(artefact);
  const scores = generator.scores(windows, rows);
  generator.dispose();
  return scores;
}

describe("generation: for use elsewhere", () => {
  before(startBackend);

  for (const network of Object.keys(networks) as Network[])
    it(`goes to ONNX with the scores after each place, of any number of windows: ${network}`, async () => {
      const artefact = generatorOf(network);
      const bytes = filesOf(artefact, "ONNX").get("model.onnx") ?? Buffer.alloc(0);
      const session = await openOnnx(bytes);
      for (const rows of [1, 5]) {
        const windows = matrixOf(artefact, rows);
        const { scores } = await session.run({ features: new Tensor("float32", windows, [rows, context]) });
        expect(scores?.dims).to.deep.equal([rows, context, outputWidth(artefact.preprocessing.target)]);
        expect(agree(scoresOf(artefact, windows, rows), scores?.data as Float32Array)).to.equal(true);
      }
      await session.release();
      expect(bytes.includes('"type":"TEXT_GENERATION"')).to.equal(true);
    });

  for (const network of ["GRU", "transformer"] as const)
    it(`comes back from TF.js as layers that write: ${network}`, async () => {
      const artefact = generatorOf(network);
      const plan = planFor("TFJS", { type: "TEXT_GENERATION" });
      const back = await readImport(exported(artefact, "TFJS"), plan);
      const windows = matrixOf(artefact, 2);
      const scores = scoresOf(parseArtefact(back.artefact), windows, 2);
      expect(agree(scoresOf(artefact, windows, 2), scores)).to.equal(true);
    });

  it("is refused as ONNX with where to turn", async () => {
    const artefact = generatorOf("GRU");
    const type = "TEXT_GENERATION";
    const refused = refusal(() => readImport(exported(artefact, "ONNX"), planFor("ONNX", { type })));
    expect((await refused).message).to.include("as TFJS");
  });

  for (const network of Object.keys(networks) as Network[])
    it(`goes to TF.js, with the tokens beside it: ${network}`, async () => {
      const artefact = generatorOf(network);
      const files = filesOf(artefact, "TFJS");
      const model = await loadTfjsFiles(Object.fromEntries(files));
      const windows = matrixOf(artefact, 3);
      const output = model.predict(tensor(windows, [3, context]));
      const theirs = (Array.isArray(output) ? output[0] : output)?.dataSync<"float32">();
      expect(agree(scoresOf(artefact, windows, 3), theirs ?? new Float32Array())).to.equal(true);
      model.dispose();
      expect(JSON.parse(String(files.get("preprocessing.json")))).to.deep.equal(artefact.preprocessing);
    });

  it("goes to every format, whatever its layers", () => {
    const { bytes } = packArtefact(generatorOf("transformer"));
    for (const format of exportFormats) checkExport(bytes, format);
  });

  describe("with its Python code", () => {
    let folder = "";
    before(function () {
      // Python is no part of Tenfold: where it lacks numpy there is nothing to compare with.
      if (!has("numpy")) this.skip();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "tenfold-generation-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    function python(artefact: Artefact, args: string[], input: string) {
      for (const [name, content] of filesOf(artefact, "SAFETENSORS"))
        writeFileSync(join(folder, name), content);
      return spawnSync("python3", ["-B", ...args], { input, cwd: folder, encoding: "utf8" });
    }

    async function write(generator: Generator, request: GenerationRequest): Promise<string> {
      let text = "";
      for await (const piece of writeText(request, (turn) => Promise.resolve(takeTurn(generator, turn))))
        text += piece.text;
      return text;
    }

    const plain = { maxTokens: 40, temperature: 1, topK: null, topP: null, seed: 3, stop: [] };
    const requests: GenerationRequest[] = [
      { ...plain, prompt: "I went ", temperature: 0 },
      { ...plain, prompt: "", topK: 1 },
      { ...plain, prompt: "Free entry, 日本 e\u0301\u0007 OK" },
      { ...plain, prompt: "It's", topK: 20, topP: 0.7, seed: 2 ** 40 },
      { ...plain, prompt: "never seen: \ud83d \u{1f6f8}", temperature: 0.4, topP: 0.01 },
    ];
    const told = ({ prompt, maxTokens, temperature, topK, topP, seed }: GenerationRequest): string =>
      JSON.stringify({ prompt, length: maxTokens, temperature, top_k: topK, top_p: topP, seed });

    for (const [network, unit] of [
      ["GRU", "CHARACTER"],
      ["LSTM", "WORD"],
      ["transformer", "WORD"],
    ] as const)
      it(`writes what Tenfold writes, greedily and by a seed: ${network}, ${unit}`, async () => {
        const artefact = generatorOf(network, unit);
        const { stdout, stderr } = python(artefact, ["model.py"], requests.map(told).join("\n"));
        expect(stderr).to.equal("");
        const theirs = stdout.trim().split("\n");
        const generator = Generator.load(artefact);
        const ours = await Promise.all(requests.map((request) => write(generator, request)));
        generator.dispose();
        expect(theirs.map((line) => (JSON.parse(line) as { text: string }).text)).to.deep.equal(ours);
        // Longer than the window, so that it moves along.
        expect(Math.max(...ours.map(({ length }) => length))).to.be.above(context);
      });

    for (const unit of ["CHARACTER", "WORD"] as const)
      it(`reads prompts as Tenfold does, of any script and at any edge: ${unit}`, () => {
        const artefact = generatorOf("GRU", unit);
        const edges = ["", " \u00a0", " a  b ", "x".repeat(12_000), `${"a".repeat(9_999)}😀`, "b".repeat(70)];
        const prompts = [...edges, ...Array.from({ length: 200 }, (_, at) => textOf(at + 30))];
        const code =
          "import json, sys, model\n" +
          "print(json.dumps([[model.encode(p), model.is_spaced(p)] for p in json.load(sys.stdin)]))";
        const { stdout } = python(artefact, ["-c", code], JSON.stringify(prompts));
        const tokens = tokensOf(artefact);
        const theirs: [number[], boolean][] = JSON.parse(stdout);
        theirs.forEach((found, at) => {
          const prompt = prompts[at] ?? "";
          expect(found, prompt).to.deep.equal([tokens.prompt(prompt), tokens.spaced(prompt)]);
        });
        expect(theirs).to.have.length(prompts.length);
      });

    it("says what it takes where a setting means nothing", () => {
      const { stderr } = python(generatorOf("GRU"), ["model.py"], '{"prompt": "a", "top_k": 0}');
      expect(stderr).to.contain("top_k are 1 or more");
    });
  });
});
