import { expect } from "chai";
import { servingEngine } from "../../../../src/rooms/learning/index.js";
import { Learning } from "../../../../src/rooms/learning/learning.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import { RowEncoder } from "../../../../src/rooms/learning/preprocessing.js";
import { codeOf, dataSet, interruptedSha256, learn } from "../data.js";

const planned = (
  name: Parameters<typeof dataSet>[0],
  parameters: object = {},
  hyperparameters: object = {},
) => {
  const { table, plan } = dataSet(name);
  const architecture = { preset: "GRADIENT_BOOSTED_TREES", parameters };
  return { table, plan: { ...plan, architecture, hyperparameters } };
};

describe("learning: trees of real tables", function () {
  this.timeout(60_000);

  it("classes from numbers and categories, missing ones among them", async () => {
    const { table, plan } = planned("penguins", { trees: 50 });
    const result = await learn(table, plan);
    expect("accuracy" in result.metrics && result.metrics.accuracy).to.be.at.least(0.95);
    expect(result.hyperparameters).to.have.nested.property("boosting.trees", 50);
    expect(result.architecture.layers.map(({ type }) => type)).to.deep.equal([
      "DENSE",
      "RESHAPE",
      "DENSE",
      "FLATTEN",
    ]);
    expect(result.rows.validation).to.be.greaterThan(0);
    expect(result.history.at(-1)?.valLoss).to.be.a("number");
    expect(await servingEngine(result.artefact)).to.equal("ONNXRUNTIME");
  });

  it("numbers, in their own unit", async () => {
    const { table, plan } = planned("mpg", { trees: 100 });
    const { metrics, artefact } = await learn(table, plan);
    expect("r2" in metrics && metrics.r2).to.be.at.least(0.8);
    const predictor = await Predictor.load(artefact, ["TFJS"]);
    const encoder = new RowEncoder(predictor.preprocessing.features, table.columns);
    const outputs = await predictor.run(table.rows.slice(0, 20), encoder);
    await predictor.dispose();
    const mpg = outputs.reduce((sum, value) => sum + value, 0) / 20;
    expect(mpg).to.be.within(10, 25);
  });

  it("the same version from a training that was interrupted", async () => {
    const hyperparameters = { epochs: 4, earlyStopping: { patience: 4 }, validationSplit: 0.2 };
    const { table, plan } = planned("penguins", { trees: 100 }, hyperparameters);
    expect(await interruptedSha256(table, plan)).to.equal((await learn(table, plan)).sha256);
  });

  it("the rarer class more often where classes are balanced", async () => {
    const recall = async (hyperparameters: object): Promise<number> => {
      const { table, plan } = planned("titanic", { trees: 20, depth: 2 }, { epochs: 20, ...hyperparameters });
      const { metrics } = await learn(table, plan);
      const [, [missed = 0, found = 0] = []] = "confusion" in metrics ? metrics.confusion : [];
      return found / (missed + found);
    };
    expect(await recall({ classWeights: "BALANCED" })).to.be.greaterThan(await recall({}));
  });

  it("with causes as of any other training", async () => {
    const { table, plan } = planned("penguins");
    const start = (more: object) => codeOf(Learning.start(table, { ...plan, ...more }));
    const notes = table.rows.map((row, at) => [
      ...row,
      `bird number ${at} of the island, seen in the morning`,
    ]);
    const noted = { columns: [...table.columns, "note"], rows: notes };
    const features = [...plan.task.features, { column: "note", kind: "TEXT" as const }];
    const ofTexts = Learning.start(noted, { ...plan, task: { ...plan.task, features } });
    expect(await codeOf(ofTexts)).to.equal("BAD_USER_INPUT");
    expect(await start({ hyperparameters: { batchSize: 8 } })).to.equal("BAD_USER_INPUT");
    const unknown = { weightsOfClasses: [{ label: "Dodo", weight: 2 }] };
    expect(await start({ hyperparameters: unknown })).to.equal("TRAINING_DATA_UNUSABLE");
    expect(await start({ hyperparameters: { learningRate: 0.5 } })).to.equal("none");
  });
});
