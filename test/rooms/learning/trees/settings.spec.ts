import { expect } from "chai";
import { layersFor, parseChoice } from "../../../../src/rooms/learning/architecture/index.js";
import { infeasibility } from "../../../../src/rooms/learning/feasibility.js";
import { type LearningTask, parseSettings } from "../../../../src/rooms/learning/index.js";
import { scoresFault } from "../../../../src/rooms/learning/trees/suits.js";
import { fieldsOf } from "../data.js";

const trees = (parameters: object = {}) => parseChoice({ preset: "GRADIENT_BOOSTED_TREES", parameters });
const parse = (
  given: object | null,
  type: "CLASSIFICATION" | "REGRESSION" = "CLASSIFICATION",
  rows = 1_000,
) => parseSettings(given, type, rows, false, trees());
const pathsOf = (given: object, type?: "REGRESSION") =>
  fieldsOf(() => parse(given, type)).map(({ path }) => path);

describe("learning: settings of gradient-boosted trees", () => {
  it("are completed, and the same when they are read again", () => {
    const settings = parse(null);
    expect(settings).to.deep.include({
      epochs: 50,
      learningRate: 0.05,
      validationSplit: 0.1,
      earlyStopping: null,
    });
    expect(settings).to.have.nested.property("boosting.depth", 3);
    expect(settings).to.not.have.any.keys("optimizer", "batchSize", "schedule");
    expect(parse(settings)).to.deep.equal(settings);
    expect(parse({ batchSize: null, optimizer: undefined })).to.deep.equal(settings);
  });

  const others: [string, unknown][] = [
    ["batchSize", 32],
    ["optimizer", "ADAM"],
    ["schedule", { kind: "COSINE" }],
    ["weightDecay", 0.1],
    ["clipNorm", 1],
    ["mixup", 0.2],
    ["augmentation", { flip: true }],
    ["tokens", "WORD"],
    ["contextLength", 16],
    ["nonsense", 1],
  ];
  for (const [name, value] of others)
    it(`refuse what gradient descent goes by: ${name}`, () => {
      const [fault] = fieldsOf(() => parse({ [name]: value }));
      expect(fault?.path).to.equal(`hyperparameters.${name}`);
      expect(fault?.message).to.match(/Leave it out/);
    });

  it("refuse several at once, each at its place", () =>
    expect(pathsOf({ batchSize: 8, mixup: 0.1, epochs: 5 })).to.deep.equal([
      "hyperparameters.batchSize",
      "hyperparameters.mixup",
    ]));

  it("have bounds of their own", () => {
    expect(pathsOf({ learningRate: 1.1 })).to.deep.equal(["hyperparameters.learningRate"]);
    expect(pathsOf({ learningRate: 0.0009 })).to.deep.equal(["hyperparameters.learningRate"]);
    expect(pathsOf({ epochs: 51 })).to.deep.equal(["hyperparameters.epochs"]);
    expect(pathsOf({ epochs: 0 })).to.deep.equal(["hyperparameters.epochs"]);
    expect(parse({ epochs: 50, learningRate: 1 })).to.include({ epochs: 50, learningRate: 1 });
  });

  it("know classes where there are any", () => {
    expect(parse({ classWeights: "BALANCED" })).to.include({ classWeights: "BALANCED" });
    expect(pathsOf({ classWeights: "BALANCED" }, "REGRESSION")).to.deep.equal([
      "hyperparameters.classWeights",
    ]);
  });

  it("leave other architectures theirs", () => {
    const settings = parseSettings(
      { batchSize: 8 },
      "CLASSIFICATION",
      100,
      false,
      parseChoice({ preset: "GRU" }),
    );
    expect(settings).to.include({ batchSize: 8, optimizer: "ADAM" });
  });
});

describe("learning: the network that trees become", () => {
  const faultOf = (parameters: object, shape = [12]) => {
    const made = layersFor(trees(parameters), { shape });
    return "layers" in made ? null : made;
  };

  it("has a unit for each question and for each leaf", () => {
    const made = layersFor(trees({ trees: 10, depth: 3 }), { shape: [12] });
    expect("layers" in made && made.layers.map(({ type }) => type)).to.deep.equal([
      "DENSE",
      "RESHAPE",
      "DENSE",
      "FLATTEN",
    ]);
    expect(made).to.have.nested.property("layers[0].units", 30);
    expect(made).to.have.nested.property("layers[2].units", 8);
  });

  it("has no more units than a layer may have", () => {
    expect(faultOf({ trees: 341, depth: 6 })).to.equal(null);
    const fault = faultOf({ trees: 342, depth: 6 });
    expect(fault?.path).to.equal("architecture.parameters.trees");
    expect(fault?.message).to.include("Choose at most 341 trees");
  });

  it("reads nothing but tables", () => {
    expect(faultOf({}, [8, 8, 1])?.path).to.equal("architecture.preset");
    expect(faultOf({}, [30, 4])?.message).to.match(/table of numbers/);
    const tokens = layersFor(trees(), { shape: [50], vocabulary: 90 });
    expect("layers" in tokens).to.equal(false);
  });
});

describe("learning: what trees can learn", () => {
  const task = (type: LearningTask["type"], features: LearningTask["features"]): LearningTask => ({
    type,
    target: "t",
    features,
  });
  const numbers: LearningTask["features"] = [
    { column: "a", kind: "NUMBER" },
    { column: "b", kind: "CATEGORY" },
    { column: "c", kind: "BOOLEAN" },
  ];
  const text = { column: "note", kind: "TEXT" } as const;
  const fault = (of: LearningTask, missing = 0, parameters: object = {}) =>
    infeasibility(
      { task: of, architecture: trees(parameters), validationSplit: 0, batchSize: 1 },
      400,
      (column) => ({ missing: column === "note" ? missing : 0, distinct: 5, counts: [] }),
    );

  it("is classes and numbers, from numbers, truth values and categories", () => {
    expect(fault(task("CLASSIFICATION", numbers))).to.equal(null);
    expect(fault(task("REGRESSION", numbers))).to.equal(null);
  });

  it("is not what takes more questions than a network may ask, however many columns there are", () => {
    const found = fault(task("REGRESSION", numbers), 0, { trees: 1_000, depth: 8 });
    expect(found).to.include({ at: "architecture" });
    expect(found?.message).to.include("at most 256 trees");
  });

  it("is not more scores than there is memory for, of which two classes have one a row", () => {
    expect(scoresFault(1_000_000, 30)).to.equal(null);
    expect(scoresFault(30_000_000, 2)).to.equal(null);
    const found = scoresFault(10_000_000, 100) ?? "";
    const most = Number(/at most (\d+) rows/.exec(found)?.[1]);
    expect(scoresFault(most, 100)).to.equal(null);
    expect(scoresFault(most + 1, 100)).to.not.equal(null);
  });

  it("is no text, unless it is empty and left out anyway", () => {
    const mixed = task("CLASSIFICATION", [...numbers, text]);
    expect(fault(mixed)).to.include({ at: "architecture" });
    expect(fault(mixed)?.message).to.match(/"note" is TEXT: leave it out/);
    expect(fault(mixed, 400)).to.equal(null);
  });

  for (const type of ["TEXT_CLASSIFICATION", "SENTIMENT", "TEXT_GENERATION", "TIME_SERIES", "IMAGE"] as const)
    it(`is not ${type}`, () => {
      const image = { column: "image", kind: "IMAGE", size: { width: 8, height: 8, channels: 1 } } as const;
      const feature = type === "IMAGE" ? image : text;
      const found = fault(task(type, type === "TIME_SERIES" ? numbers : [feature]));
      expect(found).to.include({ at: "architecture" });
      expect(found?.message).to.include(type);
    });
});
