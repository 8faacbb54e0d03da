import { expect } from "chai";
import { parseArtefact } from "../../../src/rooms/learning/artefact.js";
import type { LearningResult } from "../../../src/rooms/learning/learning.js";
import type { LearningPlan } from "../../../src/rooms/learning/plan.js";
import { nameWeights } from "../../../src/rooms/learning/network/index.js";
import { inputShapeOf } from "../../../src/rooms/learning/preprocessing.js";
import { codeOf, dataSet, interruptedSha256, learn } from "./data.js";

/** Weights of an artefact by their names. */
function weightsOf(bytes: Uint8Array): Map<string, number[]> {
  const { weights, architecture, preprocessing } = parseArtefact(bytes);
  const named = nameWeights(weights, architecture, inputShapeOf(preprocessing), 3);
  return new Map([...named].map(([name, { values }]) => [name, [...values]]));
}

describe("learning: fine-tuning", function () {
  this.timeout(60_000);
  const { table, plan } = dataSet("penguins");
  const layer = { units: 8, activation: "RELU", batchNormalization: true };
  const architecture = { layers: [layer, layer] };
  let first: LearningResult;
  before(async () => {
    first = await learn(table, { ...plan, architecture, hyperparameters: { epochs: 15 } });
  });
  const tuned = (trainableLayers: number | null, more: Partial<LearningPlan> = {}): LearningPlan => ({
    ...plan,
    seed: 9,
    hyperparameters: { epochs: 4, learningRate: 0.0005 },
    base: { artefact: first.artefact, trainableLayers },
    ...more,
  });

  it("begins where the version ended, not afresh", async () => {
    const afresh = await learn(table, { ...tuned(null), base: null, architecture });
    const further = await learn(table, tuned(null));
    expect(further.history[0]?.loss).to.be.below((afresh.history[0]?.loss ?? 0) / 2);
    expect(further.fineTuning).to.deep.equal({ trainableLayers: null });
    expect(afresh.fineTuning).to.equal(null);
  });

  it("keeps preprocessing and layers, whatever else is asked for or in the rows", async () => {
    const rows = table.rows.map((row) =>
      row.map((cell, place) => (place === 2 ? `${Number(cell) * 3}` : cell)),
    );
    const { preprocessing, architecture: layers } = await learn({ ...table, rows }, tuned(null));
    expect(preprocessing).to.deep.equal(first.preprocessing);
    expect(layers).to.deep.equal(first.architecture);
  });

  it("goes on to the bit after an interruption", async () => {
    for (const layers of [null, 1])
      expect(await interruptedSha256(table, tuned(layers))).to.equal(
        (await learn(table, tuned(layers))).sha256,
      );
  });

  it("changes the last layers alone where it was told so, moments of batches included", async () => {
    const before = weightsOf(first.artefact);
    for (const trainable of [1, 2]) {
      const after = weightsOf((await learn(table, tuned(trainable))).artefact);
      const changed = [...after].filter(([name, values]) => values.join() !== before.get(name)?.join());
      const places = new Set(changed.map(([name]) => name.split(".").slice(0, -1).join(".")));
      expect(places.size, [...places].join(", ")).to.equal(trainable);
    }
    const all = weightsOf((await learn(table, tuned(99))).artefact);
    expect([...all].every(([name, values]) => values.join() !== before.get(name)?.join())).to.equal(true);
  });

  it("learns classes again that the version knows, though rows of some are missing", async () => {
    const rows = table.rows.filter(([species]) => species !== "Chinstrap");
    const { preprocessing } = await learn({ ...table, rows }, tuned(null));
    expect(preprocessing.target).to.deep.equal(first.preprocessing.target);
  });

  it("refuses a class that the version does not know, another target and a column that is not there", async () => {
    const rows = table.rows.map((row, place) => (place % 9 === 0 ? ["Emperor", ...row.slice(1)] : row));
    const failures: [Promise<unknown>, RegExp][] = [
      [learn({ ...table, rows }, tuned(null)), /class "Emperor"/],
      [learn(table, tuned(null, { task: { ...plan.task, target: "island" } })), /learnt species/],
      [
        learn(
          { ...table, columns: table.columns.map((name) => (name === "sex" ? "gender" : name)) },
          tuned(null),
        ),
        /no column "sex"/,
      ],
    ];
    for (const [work, words] of failures) {
      const error = (await work.catch((reason: unknown) => reason)) as { code: string; message: string };
      expect(error.code).to.equal("TRAINING_DATA_UNUSABLE");
      expect(error.message).to.match(words);
    }
  });

  it("refuses a damaged artefact", async () => {
    const base = { artefact: first.artefact.slice(0, -4), trainableLayers: null };
    expect(await codeOf(learn(table, tuned(null, { base })))).to.equal("ARTEFACT_INVALID");
  });
});
