import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Artefact, packArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import { cellOf, type JsonRow } from "../../../../src/rooms/learning/cell.js";
import { classesOf } from "../../../../src/rooms/learning/target.js";
import { describe as inWords } from "../../../../src/rooms/learning/prediction.js";
import { agree } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { plainText, wordsOf } from "../../../../src/rooms/learning/encoding/index.js";
import { RowEncoder } from "../../../../src/rooms/learning/preprocessing.js";
import { allWeights } from "../../../../src/rooms/learning/exchange/described.js";
import { customised, layered } from "./layered.js";
import { artefactOf, everyLayer, expectedOf, matrixOf, weigh, widthOf } from "./artefacts.js";
import { textPreprocessing, textRows } from "./texts.js";
import { has } from "./python.js";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Reads a file by the format's description alone. */
function read(bytes: Buffer): {
  metadata: Record<string, string>;
  tensors: Map<string, Entry & { values: number[] }>;
} {
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const body = bytes.subarray(8 + length);
  const tensors = Object.entries(entries as Record<string, Entry>).map(([name, entry]) => {
    const part = body.subarray(...entry.data_offsets);
    const values = Array.from({ length: part.length / 4 }, (_, at) => part.readFloatLE(at * 4));
    return [name, { ...entry, values }] as const;
  });
  return { metadata, tensors: new Map(tensors) };
}

const filesOf = (artefact: Artefact): Map<string, Buffer> =>
  new Map(
    exportFiles(packArtefact(artefact).bytes, "SAFETENSORS").map(({ name, parts }) => [
      name,
      Buffer.concat(parts),
    ]),
  );

const rows: JsonRow[] = [
  {},
  { größe: 1.25, b: "12", 'c "quoted" \\': true, colour: "red", size: 1 },
  { größe: " 2.5e0 ", b: -1e9, 'c "quoted" \\': "N", colour: " 日本 ", size: "2" },
  { größe: "0x10", b: "NaN", 'c "quoted" \\': "maybe", colour: "?", size: 3 },
  { größe: "1e101", b: ".5", 'c "quoted" \\': 1, colour: "green", size: 2.0 },
];

describe("learning: safetensors", () => {
  before(startBackend);

  it("holds every weight by name, without gaps, on aligned places", () => {
    const artefact = artefactOf(everyLayer, 4);
    const bytes = filesOf(artefact).get("model.safetensors") ?? Buffer.alloc(0);
    const { metadata, tensors } = read(bytes);
    expect(Number(bytes.readBigUInt64LE(0)) % 8).to.equal(0);
    expect(JSON.parse(metadata["tenfold.preprocessing"] ?? "")).to.deep.equal(artefact.preprocessing);
    const own = allWeights(artefact);
    expect([...tensors.keys()]).to.deep.equal([...own.keys()]);
    let at = 0;
    for (const [name, { dtype, shape, data_offsets: offsets, values }] of tensors) {
      expect({ dtype, shape, values }).to.deep.equal({
        dtype: "F32",
        shape: own.get(name)?.shape,
        values: [...(own.get(name)?.values ?? [])],
      });
      expect(offsets).to.deep.equal([at, (at += values.length * 4)]);
    }
    expect(8 + Number(bytes.readBigUInt64LE(0)) + at).to.equal(bytes.length);
  });

  describe("with its Python code", () => {
    let folder = "";
    before(function () {
      // Python is no part of Tenfold: where it lacks numpy there is nothing to compare with.
      if (!has("numpy")) this.skip();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "tenfold-export-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const python = (args: string[], input = ""): string =>
      execFileSync("python3", ["-B", ...args], { input, cwd: folder, encoding: "utf8", maxBuffer: 2 ** 26 });
    const unpack = (artefact: Artefact): void => {
      for (const [name, bytes] of filesOf(artefact)) writeFileSync(join(folder, name), bytes);
    };

    /** Runs the rows through both, and compares every answer. */
    async function compare(artefact: Artefact, rows: readonly JsonRow[]): Promise<void> {
      unpack(artefact);
      const lines = python(["model.py"], rows.map((row) => JSON.stringify(row)).join("\n"));
      const theirs = lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      const predictor = await Predictor.load(packArtefact(artefact).bytes, ["TFJS"]);
      const cells = rows.map((row) => predictor.columns.map((column) => cellOf(row[column])));
      const { target } = predictor;
      const ours = inWords({ classes: classesOf(target), polarities: null }, await predictor.run(cells));
      await predictor.dispose();
      expect(theirs).to.have.length(rows.length);
      ours.forEach(({ label, value, probabilities }, row) => {
        if (value !== null) expect(theirs[row].value).to.be.closeTo(value, 1e-4);
        else expect(theirs[row].label).to.equal(label);
        for (const { label: each, probability } of probabilities ?? [])
          expect(theirs[row].probabilities[each]).to.be.closeTo(probability, 1e-5);
      });
    }

    for (const classes of [4, 1])
      it(`predicts what Tenfold does from any values: ${classes > 1 ? "classes" : "a number"}`, () =>
        compare(artefactOf(everyLayer, classes), rows));

    describe("over texts", () => {
      let artefact: Artefact;
      before(() => {
        artefact = weigh(textPreprocessing(), { layers: everyLayer.slice(0, 4) });
      });

      it("predicts what Tenfold does", async () => {
        const kinds = artefact.preprocessing.features.map(({ kind }) => kind);
        expect(kinds).to.deep.equal(["NUMBER", "TEXT", "CATEGORY", "TEXT"]);
        await compare(artefact, textRows);
      });

      it("encodes every value as Tenfold does", () => {
        unpack(artefact);
        const { features } = artefact.preprocessing;
        const columns = features.map(({ column }) => column);
        const cells = textRows.map((row) => columns.map((column) => cellOf(row[column])));
        const code =
          "import json, sys, model\n" +
          'sys.stdout.buffer.write(model.encode(json.load(sys.stdin)).astype("<f4").tobytes())';
        const bytes = execFileSync("python3", ["-B", "-c", code], {
          input: JSON.stringify(textRows),
          cwd: folder,
          maxBuffer: 2 ** 26,
        });
        const ours = new RowEncoder(features, columns).encode(cells);
        expect(bytes).to.have.length(ours.byteLength);
        const far = ours.findIndex((value, at) => Math.abs(value - bytes.readFloatLE(at * 4)) > 1e-6);
        expect(far === -1 ? null : textRows[Math.floor(far / widthOf(artefact))]).to.equal(null);
      });

      it("reads every character that both know as Tenfold does", () => {
        unpack(artefact);
        const code =
          "import json, unicodedata, model\n" +
          "known = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ('Cn', 'Cs', 'Co')]\n" +
          "texts = [''.join(f'a{c}b {c} ' for c in known[at : at + 64]) for at in range(0, len(known), 64)]\n" +
          "print(json.dumps([[text, model.words_of(model.plain_text(text))] for text in texts]))";
        const answers: [text: string, words: string[]][] = JSON.parse(python(["-c", code]));
        const both = answers.filter(([text]) => !/\p{Cn}/v.test(text));
        expect(both.length).to.be.greaterThan(2_000);
        for (const [text, found] of both) expect(found).to.deep.equal(wordsOf(plainText(text)));
      });
    });

    for (const [name, artefact] of [...layered, ...customised])
      it(`computes what our own network does: ${name}`, () => {
        unpack(artefact);
        const [count, width] = [5, widthOf(artefact)];
        const matrix = matrixOf(artefact, count);
        const code =
          "import json, sys, numpy, model\n" +
          `x = numpy.array(json.load(sys.stdin), dtype=numpy.float32).reshape(${count}, ${width})\n` +
          "print(json.dumps(model.network(x, model.WEIGHTS, model.NUMPY).reshape(-1).tolist()))";
        const scores: number[] = JSON.parse(python(["-c", code], JSON.stringify([...matrix])));
        expect(agree(expectedOf(artefact, matrix, count), Float32Array.from(scores))).to.equal(true);
      });

    it("runs in torch", function () {
      if (!has("torch")) this.skip();
      const artefact = artefactOf(everyLayer, 3);
      unpack(artefact);
      const matrix = matrixOf(artefact, 8);
      const code =
        "import json, sys, torch, model\n" +
        `x = torch.tensor(json.load(sys.stdin)).reshape(8, ${widthOf(artefact)})\n` +
        "print(json.dumps(model.torch_module()(x).reshape(-1).tolist()))";
      const scores: number[] = JSON.parse(python(["-c", code], JSON.stringify([...matrix])));
      const expected = expectedOf(artefact, matrix, 8);
      scores.forEach((score, at) => expect(score).to.be.closeTo(expected[at] ?? Number.NaN, 1e-5));
    });
  });
});
