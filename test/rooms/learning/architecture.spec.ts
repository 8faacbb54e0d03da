import { expect } from "chai";
import {
  activations,
  checkArchitecture,
  parameterCount,
  parseArchitecture,
  suitableArchitecture,
  weightShapes,
} from "../../../src/rooms/learning/architecture/index.js";
import { optimizers, parseHyperparameters } from "../../../src/rooms/learning/hyperparameters.js";
import { mostTextWidth } from "../../../src/rooms/learning/learning.limits.js";
import { codeOf, fieldsOf } from "./data.js";

const table = (width: number) => ({ shape: [width] });
const dense = (units: number, more = {}) => ({ units, activation: "RELU", ...more });

describe("learning: architecture", () => {
  it("fills in what a layer leaves open", () => {
    const [layer] = parseArchitecture({ layers: [dense(8)] }).layers;
    expect(layer).to.deep.equal({
      type: "DENSE",
      units: 8,
      activation: "RELU",
      dropout: 0,
      l2: 0,
      batchNormalization: false,
    });
    for (const activation of activations) parseArchitecture({ layers: [{ units: 1, activation }] });
  });

  it("names the place of every fault", () => {
    const layers = [
      dense(8),
      dense(0),
      dense(4, { dropout: 1 }),
      { units: 3, activation: "LAMBDA" },
      dense(3, { code: "x" }),
    ];
    const paths = fieldsOf(() => parseArchitecture({ layers })).map(({ path }) => path);
    expect(paths).to.include.members([
      "architecture.layers.1.units",
      "architecture.layers.2.dropout",
      "architecture.layers.3.activation",
      "architecture.layers.4.code",
    ]);
  });

  it("refuses too many layers, too many units and anything that is no architecture", async () => {
    for (const input of [
      { layers: Array(33).fill(dense(1)) },
      { layers: [dense(2_049)] },
      {},
      null,
      "deep",
      { layers: [null] },
    ]) {
      expect(await codeOf(() => parseArchitecture(input))).to.equal("BAD_USER_INPUT");
    }
  });

  it("counts parameters as by hand, and refuses more than ten million before making them", async () => {
    const layers = [dense(4, { batchNormalization: true }), dense(3)];
    // 5 × 4 + 4, normalisation 4 × 4, 4 × 3 + 3, 3 × 2 + 2.
    expect(parameterCount(parseArchitecture({ layers }), table(5), 2)).to.equal(63);
    const large = parseArchitecture({ layers: [dense(2_048), dense(2_048)] });
    expect(await codeOf(() => checkArchitecture(large, table(1_000), 10, 32))).to.equal("none");
    expect(fieldsOf(() => checkArchitecture(large, table(9_000), 10, 32))).to.have.nested.property(
      "0.path",
      "architecture.layers",
    );
  });

  it("lists the weights in order", () => {
    const names = weightShapes(
      parseArchitecture({ layers: [dense(4, { batchNormalization: true })] }),
      table(5),
      2,
    );
    expect(names.map(({ name, shape }) => `${name} ${shape.join("×")}`)).to.deep.equal([
      "0.kernel 5×4",
      "0.bias 4",
      "0.gamma 4",
      "0.beta 4",
      "0.mean 4",
      "0.variance 4",
      "output.kernel 4×2",
      "output.bias 2",
    ]);
  });

  it("suggests a valid network for any data, larger for more of it", () => {
    for (const inputs of [1, 64, 9_999]) {
      for (const rows of [10, 5_000, 1_000_000]) {
        const suggested = suitableArchitecture("CLASSIFICATION", rows, inputs);
        expect(parseArchitecture(suggested)).to.deep.equal(suggested);
        checkArchitecture(suggested, table(inputs), 1_000, 256);
      }
    }
    const texts = suitableArchitecture("CLASSIFICATION", 5_000, mostTextWidth, true);
    expect(parseArchitecture(texts)).to.deep.equal(texts);
    checkArchitecture(texts, table(mostTextWidth), 1_000, 256);
    const units = (rows: number) =>
      parameterCount(suitableArchitecture("REGRESSION", rows, 30), table(30), 1);
    expect(units(100)).to.be.below(units(10_000));
  });
});

describe("learning: hyperparameters", () => {
  it("takes the caller's choices over the suitable ones", () => {
    const chosen = parseHyperparameters(
      { epochs: 3, optimizer: "SGD", batchSize: undefined },
      "REGRESSION",
      400,
    );
    expect(chosen).to.deep.include({ epochs: 3, optimizer: "SGD", batchSize: 32 });
    expect(parseHyperparameters(undefined, "REGRESSION", 4_000).epochs).to.be.within(20, 60);
    expect(parseHyperparameters({ earlyStopping: {} }, "REGRESSION", 400).earlyStopping).to.deep.equal({
      patience: 10,
      minDelta: 0,
    });
  });

  it("trains fewer epochs on more rows", () => {
    const epochs = (rows: number) => parseHyperparameters({}, "CLASSIFICATION", rows).epochs;
    expect(epochs(1_000_000)).to.be.below(epochs(500));
    const ofTexts = (rows: number) => parseHyperparameters({}, "CLASSIFICATION", rows, true).epochs;
    expect(ofTexts(5_000)).to.be.below(epochs(5_000));
  });

  it("names the place of every fault, and refuses an optimizer that can't be saved", () => {
    const wrong = {
      epochs: 0,
      batchSize: 1.5,
      learningRate: -1,
      optimizer: "ADAMAX",
      validationSplit: 1,
      earlyStopping: { patience: 0 },
      speed: 9,
    };
    const paths = fieldsOf(() => parseHyperparameters(wrong, "CLASSIFICATION", 100)).map(({ path }) => path);
    const names = [
      "epochs",
      "batchSize",
      "learningRate",
      "optimizer",
      "validationSplit",
      "earlyStopping.patience",
    ];
    expect(paths).to.include.members(names.map((name) => `hyperparameters.${name}`));
    expect(paths).to.include("hyperparameters.speed");
    expect(optimizers).to.not.include("ADAMAX");
  });
});
