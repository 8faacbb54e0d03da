import { expect } from "chai";
import { parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { Learning, type LearningResult } from "../../../../src/rooms/learning/learning.js";
import { nameWeights } from "../../../../src/rooms/learning/network/index.js";
import type { LearningPlan } from "../../../../src/rooms/learning/plan.js";
import { inputShapeOf } from "../../../../src/rooms/learning/preprocessing.js";
import { outputWidth } from "../../../../src/rooms/learning/target.js";
import { codeOf, dataSet, interruptedSha256, learn } from "../data.js";
import { messages, planFor, tableOf } from "./texts.js";

const architecture = { preset: "GRU", parameters: { units: 16, dimensions: 8, dropout: 0 } };
const settings = { epochs: 4, batchSize: 4, learningRate: 0.01, contextLength: 12 };
const all = messages(160);
const texts = tableOf(all.slice(0, 80));
// With a character that the version has never seen.
const others = tableOf(all.slice(80).map((text) => `${text}\u2603`));

/** Weights of an artefact by their names. */
function weightsOf(bytes: Uint8Array): Map<string, string> {
  const { weights, architecture: layers, preprocessing } = parseArtefact(bytes);
  const named = nameWeights(weights, layers, inputShapeOf(preprocessing), outputWidth(preprocessing.target));
  return new Map([...named].map(([name, { values }]) => [name, values.join()]));
}

describe("generation: fine-tuning", function () {
  this.timeout(60_000);
  let first: LearningResult;
  before(async () => {
    first = await learn(texts, planFor({ architecture, hyperparameters: settings }));
  });
  const tuned = (trainableLayers: number | null = null, more: Partial<LearningPlan> = {}): LearningPlan =>
    planFor({
      seed: 9,
      hyperparameters: { ...settings, epochs: 1 },
      base: { artefact: first.artefact, trainableLayers },
      ...more,
    });

  it("begins where the version ended: one epoch of other texts is better than two from fresh weights", async () => {
    const further = await learn(others, tuned());
    const hyperparameters = { ...settings, epochs: 2 };
    const afresh = await learn(others, planFor({ architecture, hyperparameters, seed: 9 }));
    expect(further.history[0]?.loss).to.be.below((afresh.history[1]?.loss ?? 0) - 0.1);
    expect(further.fineTuning).to.deep.equal({ trainableLayers: null });
    expect(afresh.fineTuning).to.equal(null);
  });

  it("keeps tokens, window and layers, whatever else is in the texts or asked for", async () => {
    const hyperparameters = { ...settings, epochs: 1, contextLength: 64, tokens: "CHARACTER" };
    const result = await learn(others, tuned(null, { hyperparameters, architecture: { preset: "LSTM" } }));
    expect(result.preprocessing).to.deep.equal(first.preprocessing);
    expect(result.architecture).to.deep.equal(first.architecture);
  });

  it("changes the last layers alone where it was told so", async () => {
    const before = weightsOf(first.artefact);
    const changed = async (trainable: number | null): Promise<string[]> => {
      const after = weightsOf((await learn(others, tuned(trainable))).artefact);
      return [...after.keys()].filter((name) => after.get(name) !== before.get(name));
    };
    expect(await changed(1)).to.deep.equal(["output.kernel", "output.bias"]);
    expect(await changed(2)).to.not.include("0.embeddings");
    expect(await changed(null)).to.have.length(before.size);
  });

  it("goes on to the bit after an interruption", async () => {
    for (const layers of [null, 1]) {
      const plan = tuned(layers, { hyperparameters: settings });
      expect(await interruptedSha256(others, plan)).to.equal((await learn(others, plan)).sha256);
    }
  });

  it("takes a checkpoint of another beginning for no own", async () => {
    const learning = await Learning.start(others, tuned(1));
    const checkpoint = await learning.checkpoint();
    learning.dispose();
    expect(await codeOf(Learning.start(others, tuned(2), checkpoint))).to.equal("CHECKPOINT_MISMATCH");
  });

  const penguins = dataSet("penguins");
  const refusals: [string, () => Promise<unknown>, RegExp][] = [
    [
      "another level of tokens",
      () => learn(others, tuned(null, { hyperparameters: { tokens: "WORD" } })),
      /by CHARACTER, .* by WORD/,
    ],
    ["a column that is missing", () => learn({ ...others, columns: ["note"] }, tuned()), /no column "text"/],
    [
      "another column",
      () =>
        learn(
          { ...others, columns: ["note"] },
          tuned(null, { task: { ...planFor().task, target: "note", features: [] } }),
        ),
      /learnt text .* of note/,
    ],
    [
      "texts of another script",
      () => learn(tableOf(all.slice(0, 40).map((_, at) => "日本語機器学習".repeat(at + 2))), tuned()),
      /knows no character/,
    ],
    [
      "texts shorter than its window",
      () => learn(tableOf(Array.from({ length: 24 }, (_, at) => String.fromCodePoint(97 + at))), tuned()),
      /sees 12 at once; at least 96/,
    ],
    [
      "a classification's rows",
      () => learn(penguins.table, { ...penguins.plan, base: tuned().base }),
      /learnt text/,
    ],
  ];
  for (const [what, work, says] of refusals)
    it(`refuses ${what}`, async () => {
      const error = (await work().catch((reason: unknown) => reason)) as { code: string; message: string };
      expect(error.code).to.equal("TRAINING_DATA_UNUSABLE");
      expect(error.message).to.match(says);
    });

  it("refuses a damaged artefact", async () => {
    const base = { artefact: first.artefact.slice(0, -4), trainableLayers: null };
    expect(await codeOf(learn(others, tuned(null, { base })))).to.equal("ARTEFACT_INVALID");
  });
});
