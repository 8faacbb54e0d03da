import { expect } from "chai";
import { packArtefact, parseArtefact, signatureOf } from "../../../src/rooms/learning/artefact.js";
import { exportFiles } from "../../../src/rooms/learning/exchange/export-formats.js";
import type { LearningPlan } from "../../../src/rooms/learning/index.js";
import { Predictor } from "../../../src/rooms/learning/predictor.js";
import {
  fitPreprocessing,
  inputShapeOf,
  vocabularyBytes,
} from "../../../src/rooms/learning/preprocessing.js";
import { tokenFault, tokenUnit } from "../../../src/rooms/learning/token-input.js";
import { parseChoice } from "../../../src/rooms/learning/architecture/index.js";
import { codeOf, interruptedSha256, learn } from "./data.js";
import { tokenArtefact } from "./exchange/artefacts.js";

const columns = ["text", "kind"];
/** The same words in another order, so that only who reads them in order can tell the kinds apart. */
const rows = Array.from({ length: 160 }, (_, place) => {
  const late = (place * 5 + Math.floor(place / 8)) % 2 === 1;
  const words = late ? "dog bites man" : "man bites dog";
  return [`${words} no ${place % 6}`, late ? "late" : "early"];
});
const table = { columns, rows };
const task: LearningPlan["task"] = {
  type: "TEXT_CLASSIFICATION",
  target: "kind",
  features: [{ column: "text", kind: "TEXT" }],
};
const presets = {
  CNN_1D: { preset: "CNN_1D", parameters: { depth: 1, filters: 8, dimensions: 8, units: 8 } },
  LSTM: { preset: "LSTM", parameters: { units: 8, dimensions: 8 } },
  GRU: { preset: "GRU", parameters: { units: 8, dimensions: 8 } },
  TRANSFORMER: { preset: "TRANSFORMER", parameters: { depth: 1, heads: 2, dimensions: 8, units: 8 } },
};
const planOf = (architecture: unknown, epochs = 25): LearningPlan => ({
  task,
  architecture,
  hyperparameters: { epochs, batchSize: 16, learningRate: 0.01 },
  seed: 3,
});
const sequenceOf = (artefact: Uint8Array) => {
  const [feature] = parseArtefact(artefact).preprocessing.features;
  if (feature?.kind !== "TOKENS") throw new Error(`The text came as ${feature?.kind}.`);
  return feature.sequence;
};

describe("learning: from the order of words", function () {
  this.timeout(60_000);

  for (const [name, architecture] of Object.entries(presets))
    it(`${name} learns it, and the artefact knows the words`, async () => {
      const { artefact, metrics, architecture: made } = await learn(table, planOf(architecture));
      expect(metrics).to.deep.include({ accuracy: 1, rows: 40 });
      expect(made.layers[0]).to.deep.equal({ type: "EMBEDDING", dimensions: 8 });
      const { length, tokens, maskZero } = sequenceOf(artefact);
      expect(length).to.equal(5);
      expect(tokens).to.include.members(["dog", "bites", "man", "no"]);
      expect(maskZero, "padding is left out").to.equal(true);
      expect(signatureOf(parseArtefact(artefact).preprocessing).inputs).to.deep.equal([
        { column: "text", kind: "TEXT", categories: null },
      ]);
    });

  it("answers with the same bits alone and among others, for any text there is", async () => {
    const { artefact } = await learn(table, planOf(presets.TRANSFORMER, 2));
    for (const engines of [["TFJS"], ["TFJS", "ONNXRUNTIME"]] as const) {
      const predictor = await Predictor.load(artefact, engines);
      expect(predictor.engine).to.equal(engines.at(-1));
      const texts = ["dog bites man", "", null, "😀 🐕", "man ".repeat(2_000), "\u0000\u202e", "unheard of"];
      const together = await predictor.run(texts.map((text) => [text]));
      for (const [place, text] of texts.entries())
        expect([...(await predictor.run([[text]]))]).to.deep.equal([
          ...together.subarray(place * 2, place * 2 + 2),
        ]);
      await predictor.dispose();
    }
  });

  for (const name of ["LSTM", "TRANSFORMER"] as const)
    it(`${name} is the same to the bit by seed, interrupted or not`, async () => {
      const plan = planOf(presets[name], 4);
      const whole = await learn(table, plan);
      expect((await learn(table, { ...plan, seed: 4 })).sha256).to.not.equal(whole.sha256);
      expect(await interruptedSha256(table, plan)).to.equal(whole.sha256);
    });

  it("learns no word of a test row", async () => {
    const spoiled = rows.map(([text = "", kind = ""], place) => [
      place % 4 === 3 ? "secret words" : text,
      kind,
    ]);
    const plan = planOf(presets.GRU, 2);
    expect((await learn({ columns, rows: spoiled }, plan)).sha256).to.equal(
      (await learn(table, plan)).sha256,
    );
  });
});

describe("learning: a text as token numbers", () => {
  const layered = (...layers: object[]) => parseChoice({ layers });
  const embedding = { type: "EMBEDDING", dimensions: 4 };
  const number = { column: "n", kind: "NUMBER" } as const;

  it("is what an EMBEDDING and presets over steps get, where there is one text", () => {
    const asked = [...Object.values(presets).map(parseChoice), layered(embedding, { type: "FLATTEN" })];
    for (const choice of asked) expect(tokenUnit(task, choice)).to.equal("WORD");
    const others = [null, parseChoice({ preset: "DENSE" }), parseChoice({ preset: "CNN_2D" }), layered()];
    for (const choice of others) expect(tokenUnit(task, choice)).to.equal(null);
    const beside = { ...task, features: [...task.features, number] };
    for (const choice of asked) expect(tokenUnit(beside, choice)).to.equal(null);
    const listed = { ...task, features: [...task.features, { column: "kind", kind: "CATEGORY" as const }] };
    expect(tokenUnit(listed, asked[0] ?? null), "the target is no feature").to.equal("WORD");
  });

  it("is one of characters where the EMBEDDING asks for them", async () => {
    const layers = [{ ...embedding, tokens: "CHARACTER" }, { type: "GLOBAL_AVERAGE_POOLING" }];
    expect(tokenUnit(task, layered(...layers))).to.equal("CHARACTER");
    const { artefact } = await learn(table, planOf({ layers }, 1));
    const { unit, length, tokens } = sequenceOf(artefact);
    expect([unit, length]).to.deep.equal(["CHARACTER", "man bites dog no 5".length]);
    expect(tokens).to.include.members([" ", "g", "5"]);
    const long = Array.from({ length: 40 }, (_, at) => ["word ".repeat(900), at % 2 ? "a" : "b"]);
    const { features } = fitPreprocessing(task, { columns, rows: long }, "CHARACTER");
    expect(inputShapeOf({ features })).to.deep.equal({ shape: [512], vocabulary: 7, maskZero: true });
  });

  it("leaves a text to term weights beside numbers, and in other networks", async () => {
    const learnt = await learn(table, planOf({ layers: [{ units: 4 }] }, 1));
    expect(parseArtefact(learnt.artefact).preprocessing.features[0]?.kind).to.equal("TEXT");
    const wide = { columns: [...columns, "n"], rows: rows.map((row, place) => [...row, String(place)]) };
    const beside = { ...task, features: [...task.features, number] };
    const both = await learn(wide, { ...planOf({ preset: "DENSE" }, 1), task: beside });
    expect(both.preprocessing.features.map(({ kind }) => kind)).to.deep.equal(["TEXT", "NUMBER"]);
  });

  it("is refused to an EMBEDDING over numbers, with the place", async () => {
    const numbers: LearningPlan["task"] = { ...task, features: [number, { column: "m", kind: "CATEGORY" }] };
    const choice = layered(embedding, { type: "GLOBAL_MAX_POOLING" });
    expect(tokenFault(task, choice)).to.equal(null);
    const fault = tokenFault(numbers, choice);
    expect(fault?.path).to.equal("architecture.layers.0");
    expect(fault?.message).to.match(/features are: n \(NUMBER\), m \(CATEGORY\)\./);
    const plan = { ...planOf({ layers: [embedding] }), task: numbers };
    expect(await codeOf(learn({ columns: ["n", "kind", "m"], rows }, plan))).to.equal("BAD_USER_INPUT");
  });

  it("is bounded, and shorter for a million rows", () => {
    const long = Array.from({ length: 40 }, (_, at) => ["word ".repeat(900), at % 2 ? "a" : "b"]);
    const shape = inputShapeOf(fitPreprocessing(task, { columns, rows: long }, "WORD"));
    expect(shape).to.deep.equal({ shape: [256], vocabulary: 3, maskZero: true });
    const { features } = fitPreprocessing(task, table, "WORD");
    expect(vocabularyBytes(features)).to.be.within(100, 100_000);
  });

  it("needs a word that two training rows share", async () => {
    const strange = rows.map(([, kind = ""], place) => [`w${place}`, kind]);
    const plan = planOf(presets.LSTM);
    expect(await codeOf(learn({ columns, rows: strange }, plan))).to.equal("TRAINING_DATA_UNUSABLE");
    const empty = rows.map(([, kind = ""]) => ["", kind]);
    expect(await codeOf(learn({ columns, rows: empty }, plan))).to.equal("TRAINING_DATA_UNUSABLE");
  });

  it("is exported with its vocabulary, and with Python code that reads it", () => {
    const artefact = tokenArtefact(5, [{ type: "EMBEDDING", dimensions: 4 }, { type: "FLATTEN" }]);
    const { bytes } = packArtefact(artefact);
    expect(exportFiles(bytes, "ONNX")).to.have.length(1);
    const python = exportFiles(bytes, "SAFETENSORS").find(({ name }) => name === "model.py");
    expect(Buffer.concat(python?.parts ?? []).toString()).to.contain('ENCODERS["TOKENS"]');
  });

  it("is no artefact where the network does not fit it", async () => {
    const artefact = tokenArtefact(5, [{ type: "EMBEDDING", dimensions: 4 }, { type: "FLATTEN" }]);
    const { bytes } = packArtefact({ ...artefact, architecture: { layers: [] } });
    expect(await codeOf(() => parseArtefact(bytes))).to.equal("ARTEFACT_INVALID");
  });
});
