import { expect } from "chai";
import type { LearningResult } from "../../../src/rooms/learning/learning.js";
import { codeOf, dataSet, learn } from "./data.js";

describe("learning: weights of classes by hand", function () {
  this.timeout(60_000);
  const { table, plan } = dataSet("titanic");
  const weighed = (weightsOfClasses: object[] | null): Promise<LearningResult> =>
    learn(table, { ...plan, hyperparameters: { epochs: 6, weightsOfClasses } });
  /** Rows that the model takes for the second class. */
  const taken = ({ metrics }: LearningResult): number =>
    "confusion" in metrics ? metrics.confusion.reduce((sum, [, second = 0]) => sum + second, 0) : 0;

  it("make a class that counts more be found more often", async () => {
    const [less, plain, more] = [
      await weighed([{ label: "1", weight: 0.2 }]),
      await weighed(null),
      await weighed([{ label: "1", weight: 5 }]),
    ];
    expect(taken(less)).to.be.below(taken(plain));
    expect(taken(plain)).to.be.below(taken(more));
  });

  it("are as none where every class counts 1", async () => {
    const ones = [
      { label: "0", weight: 1 },
      { label: "1", weight: 1 },
    ];
    expect((await weighed(ones)).sha256).to.equal((await weighed(null)).sha256);
  });

  it("are refused for a class that there is none of", async () => {
    expect(await codeOf(weighed([{ label: "2", weight: 3 }]))).to.equal("TRAINING_DATA_UNUSABLE");
  });
});
