import { expect } from "chai";
import fc from "fast-check";
import {
  faultsOf,
  type LearningTask,
  layersFor,
  parseSettings,
} from "../../../../src/rooms/learning/index.js";
import {
  type Hyperparameters,
  hyperparametersSchema,
} from "../../../../src/rooms/learning/hyperparameters.js";
import {
  candidates,
  searchAlgorithms,
  suitableAlgorithms,
} from "../../../../src/rooms/learning/search/index.js";

const numbers = (count: number): LearningTask["features"] =>
  Array.from({ length: count }, (_, place) => ({ column: `n${place}`, kind: "NUMBER" }));
const table = (features: LearningTask["features"]): LearningTask => ({
  type: "CLASSIFICATION",
  target: "t",
  features,
});
const text: LearningTask = {
  type: "TEXT_CLASSIFICATION",
  target: "t",
  features: [{ column: "s", kind: "TEXT" }],
};
const image: LearningTask = {
  type: "IMAGE",
  target: "label",
  features: [{ column: "image", kind: "IMAGE", size: { width: 32, height: 32, channels: 1 } }],
};

/** Of a network, not of trees. */
function networkSettings(candidate: { hyperparameters: object } | undefined): Hyperparameters {
  return hyperparametersSchema.parse(candidate?.hyperparameters);
}

describe("learning: the space of settings", () => {
  it("holds the algorithms that the data suits", () => {
    expect(suitableAlgorithms(table(numbers(4)))).to.deep.equal(["LINEAR", "TREES", "DENSE"]);
    expect(suitableAlgorithms(table(numbers(60)))).to.deep.equal([...searchAlgorithms]);
    const mixed = [...numbers(60), { column: "c", kind: "CATEGORY" as const }];
    expect(suitableAlgorithms(table(mixed))).to.deep.equal(["LINEAR", "TREES", "DENSE"]);
    const noted = [...numbers(4), { column: "note", kind: "TEXT" as const }];
    expect(suitableAlgorithms(table(noted))).to.deep.equal(["LINEAR", "DENSE"]);
    const ofTexts = searchAlgorithms.filter((name) => name !== "TREES");
    expect(suitableAlgorithms(text)).to.deep.equal(ofTexts);
    expect(suitableAlgorithms(image)).to.deep.equal(["LINEAR", "DENSE", "CONVOLUTION"]);
  });

  it("does not count the target among the columns", () => {
    const task = { ...table(numbers(16)), target: "n0" };
    expect(suitableAlgorithms(task)).to.deep.equal(["LINEAR", "TREES", "DENSE"]);
  });

  it("begins with the linear baseline and what the house would choose", () => {
    const [first, second] = candidates(table(numbers(4)), 300, ["LINEAR", "DENSE"], { count: 6, seed: 1 });
    expect(first).to.deep.include({ algorithm: "LINEAR", architecture: { preset: "CUSTOM", layers: [] } });
    expect(second).to.deep.include({ algorithm: "DENSE", architecture: null });
    const [flat, network] = candidates(image, 300, ["LINEAR", "CONVOLUTION"], { count: 2, seed: 1 });
    expect(flat?.architecture).to.deep.equal({ preset: "CUSTOM", layers: [{ type: "FLATTEN" }] });
    expect(network).to.deep.include({ algorithm: "CONVOLUTION", architecture: null });
  });

  it("tries trees that suit most tables next", () => {
    const task = table(numbers(4));
    const [, , third] = candidates(task, 300, suitableAlgorithms(task), { count: 3, seed: 1 });
    expect(third).to.deep.include({
      algorithm: "TREES",
      architecture: {
        preset: "GRADIENT_BOOSTED_TREES",
        parameters:
          third?.hyperparameters && "boosting" in third.hyperparameters && third.hyperparameters.boosting,
      },
    });
  });

  it("tries a convolution that suits few rows of a signal then, where one may be tried", () => {
    const third = (rows: number, task = table(numbers(60)), allowed = suitableAlgorithms(task)) =>
      candidates(task, rows, allowed, { count: 4, seed: 1 })[3];
    expect(third(200)?.architecture).to.deep.include({ preset: "CNN_1D" });
    expect(networkSettings(third(200)).mixup).to.equal(0.4);
    expect(third(200, table(numbers(60)), ["LINEAR", "DENSE"])?.algorithm).to.equal("DENSE");
    const few = { mixup: 0.4 };
    expect(third(5_000)?.hyperparameters).to.not.include(few);
    expect(third(200, text)?.hyperparameters).to.not.include(few);
  });

  it("mixes the rows of classes alone, and lets the rate of few rows fall", () => {
    const of = (task: LearningTask, rows: number) =>
      candidates(task, rows, ["DENSE"], { count: 12, seed: 3 }).map(networkSettings);
    const few = of(table(numbers(4)), 300);
    expect(few.some(({ mixup = 0 }) => mixup > 0)).to.equal(true);
    expect(few.every(({ schedule }) => schedule?.kind === "COSINE")).to.equal(true);
    const others = [
      ...of({ ...table(numbers(4)), type: "REGRESSION" }, 300),
      ...of(table(numbers(4)), 3_000),
    ];
    expect(others.every(({ mixup = 0 }) => mixup === 0)).to.equal(true);
    expect(of(table(numbers(4)), 3_000).every(({ schedule }) => schedule === null)).to.equal(true);
  });

  it("gives the same settings for the same seed, and others for another", () => {
    const draw = (seed: number) => candidates(table(numbers(60)), 200, searchAlgorithms, { count: 20, seed });
    expect(draw(5)).to.deep.equal(draw(5));
    expect(draw(5)).to.not.deep.equal(draw(6));
  });

  it("begins alike whatever the number of trials, so that more of them only add", () => {
    const draw = (count: number) => candidates(text, 5_000, searchAlgorithms, { count, seed: 2 });
    expect(draw(20).slice(0, 7)).to.deep.equal(draw(7));
  });

  const tasks = [
    { task: table(numbers(4)), input: { shape: [4] } },
    { task: table(numbers(64)), input: { shape: [64] } },
    { task: text, input: { shape: [120], vocabulary: 500 } },
    { task: image, input: { shape: [32, 32, 1] } },
  ];

  it("holds nothing but settings that can be trained, never with rows held out of sight", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...tasks),
        fc.nat(),
        fc.constantFrom(200, 5_000, 50_000),
        ({ task, input }, seed, rows) => {
          const allowed = suitableAlgorithms(task);
          for (const candidate of candidates(task, rows, allowed, { count: 8, seed })) {
            expect(allowed).to.include(candidate.algorithm);
            const { architecture, hyperparameters } = candidate;
            expect(
              parseSettings(hyperparameters, task.type, rows, task === text, architecture),
            ).to.deep.equal(hyperparameters);
            expect(hyperparameters.validationSplit).to.equal(0);
            if (!architecture) continue;
            const weighed = ["LINEAR", "DENSE"].includes(candidate.algorithm) && task === text;
            const seen = weighed ? { shape: [900] } : input;
            const made = layersFor(architecture, seen);
            const batchSize = "batchSize" in hyperparameters ? hyperparameters.batchSize : 1;
            expect(made, JSON.stringify(candidate)).to.have.property("layers");
            if ("layers" in made) expect(faultsOf(made, seen, 3, batchSize)).to.deep.equal([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("draws only what is allowed", () => {
    const drawn = candidates(table(numbers(60)), 200, ["CONVOLUTION"], { count: 9, seed: 1 });
    expect(new Set(drawn.map(({ algorithm }) => algorithm))).to.deep.equal(new Set(["CONVOLUTION"]));
    expect(drawn).to.have.length(9);
  });
});
