import { expect } from "chai";
import { BadUserInput } from "../../../src/kernel/errors.js";
import { parseChoice } from "../../../src/rooms/learning/architecture/index.js";
import { describeHyperparameters } from "../../../src/rooms/learning/describe-hyperparameters.js";
import { hyperparameterLimits } from "../../../src/rooms/learning/hyperparameter-limits.js";
import { modelTypes } from "../../../src/rooms/learning/model-types.js";
import { parseSettings } from "../../../src/rooms/learning/settings.js";

const rows = 500;
const nested = (name: string, value: unknown): object =>
  name.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as object;

/** Whether the input with this one setting is taken; what refuses it must blame that setting. */
function accepts(type: (typeof modelTypes)[number], name: string, value: unknown): boolean {
  try {
    parseSettings(nested(name, value), type, rows, type === "SENTIMENT" || type === "TEXT_CLASSIFICATION");
    return true;
  } catch (error) {
    if (error instanceof BadUserInput) return false;
    throw error;
  }
}

describe("learning: the descriptions of hyperparameters", () => {
  for (const type of modelTypes)
    it(`of ${type} promise what is accepted, to the bound, and no more`, () => {
      const settings = describeHyperparameters(type, rows);
      expect(settings).to.not.deep.equal([]);
      for (const { name, minimum, maximum, choices, default: usual } of settings) {
        // The most of a warm-up depends on the epochs, which this training has fewer of.
        const bounds = name === "schedule.warmupEpochs" ? [minimum] : [minimum, maximum];
        for (const bound of bounds)
          if (bound !== null) expect(accepts(type, name, bound), `${name} ${bound}`).to.equal(true);
        if (maximum !== null) expect(accepts(type, name, maximum * 2 + 1), name).to.equal(false);
        for (const choice of choices ?? [])
          expect(accepts(type, name, choice), `${name} ${choice}`).to.equal(true);
        if (choices && usual !== null) expect(choices).to.include(usual);
      }
    });

  it("of trees promise what trees take, to the bound, and no more", () => {
    const settings = describeHyperparameters("REGRESSION", rows, "GRADIENT_BOOSTED_TREES");
    const names = settings.map(({ name }) => name);
    expect(names).to.include.members(["epochs", "learningRate", "earlyStopping.patience", "normalization"]);
    expect(names).to.not.include.members([
      "optimizer",
      "batchSize",
      "classWeights",
      "schedule.kind",
      "mixup",
    ]);
    const choice = parseChoice({ preset: "GRADIENT_BOOSTED_TREES" });
    const parse = (name: string, value: unknown) => () =>
      parseSettings(nested(name, value), "REGRESSION", rows, false, choice);
    for (const { name, minimum, maximum } of settings) {
      for (const bound of [minimum, maximum]) if (bound !== null) expect(parse(name, bound)).to.not.throw();
      if (maximum !== null) expect(parse(name, maximum * 2 + 1), name).to.throw(BadUserInput);
    }
    expect(settings.find(({ name }) => name === "learningRate")).to.include({ default: "0.05", maximum: 1 });
    expect(() => describeHyperparameters("IMAGE", rows, "GRADIENT_BOOSTED_TREES")).to.throw(BadUserInput);
    expect(describeHyperparameters("REGRESSION", rows, "GRU")).to.deep.equal(
      describeHyperparameters("REGRESSION", rows),
    );
  });

  const named = (type: (typeof modelTypes)[number], count = rows) =>
    new Map(describeHyperparameters(type, count).map((setting) => [setting.name, setting]));

  it("have the names, kinds and defaults that a form needs", () => {
    const settings = named("CLASSIFICATION");
    expect(settings.get("epochs")).to.include({ type: "INTEGER", minimum: 1, maximum: 1_000 });
    expect(settings.get("learningRate")).to.include({
      type: "NUMBER",
      minimum: hyperparameterLimits.learningRate.least,
      default: "0.002",
    });
    expect(settings.get("optimizer")?.choices).to.include("ADAM");
    expect(settings.get("schedule.kind")).to.include({ type: "CHOICE", default: "CONSTANT" });
    expect(settings.get("augmentation.flip")).to.equal(undefined);
    expect(named("CLASSIFICATION", 100_000).get("batchSize")?.default).to.equal("256");
  });

  it("leave out what models of the type do not take", () => {
    expect([...named("CLUSTERING").keys()]).to.deep.equal([
      "clustering.algorithm",
      "clustering.clusters",
      "clustering.mostClusters",
    ]);
    expect(named("IMAGE").has("augmentation.flip")).to.equal(true);
    expect(named("REGRESSION").has("classWeights")).to.equal(false);
    expect(named("TEXT_GENERATION").has("contextLength")).to.equal(true);
  });
});
