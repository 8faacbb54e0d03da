import { expect } from "chai";
import { polaritiesOf } from "../../../src/rooms/learning/sentiment.js";
import { readsOneText } from "../../../src/rooms/learning/model-types.js";
import { fitTarget } from "../../../src/rooms/learning/target.js";

const of = (...classes: string[]) => polaritiesOf(fitTarget("SENTIMENT", "feeling", classes));

describe("learning: what the classes of a sentiment are worth", () => {
  it("knows negative, neutral and positive by name, in the order of the classes", () => {
    expect(of("positive", "negative", "neutral")).to.deep.equal([-1, 0, 1]);
    expect(of("Pos", "NEG")).to.deep.equal([-1, 1]);
  });

  it("guesses at no other name", () => {
    expect(of("0", "1")).to.equal(null);
    expect(of("negative", "positive", "irrelevant")).to.equal(null);
  });

  it("has no such thing for other types", () => {
    const classes = ["negative", "positive"];
    for (const type of ["CLASSIFICATION", "TEXT_CLASSIFICATION"] as const)
      expect(polaritiesOf(fitTarget(type, "feeling", classes))).to.equal(null);
    expect(polaritiesOf(fitTarget("REGRESSION", "feeling", ["1", "2"]))).to.equal(null);
  });

  it("reads one text for the types of texts alone", () => {
    const types = ["CLASSIFICATION", "REGRESSION", "TEXT_CLASSIFICATION", "SENTIMENT"] as const;
    expect(types.map(readsOneText)).to.deep.equal([false, false, true, true]);
  });
});
