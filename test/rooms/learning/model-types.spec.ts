import { expect } from "chai";
import {
  modelTypes,
  predictsClasses,
  predictsNumbers,
  readsOneText,
  type Use,
  whyNot,
} from "../../../src/rooms/learning/model-types.js";

const uses: Use[] = ["PREDICT", "BATCH", "EXPLAIN", "GENERATE", "COMPARE", "FINE_TUNE", "SEARCH", "SPLIT"];
const typesFor = (use: Use): string[] => modelTypes.filter((type) => whyNot(type, use) === null);

describe("what a model can be used for by its type", () => {
  it("is everything but writing for those that learn from rows and a target", () => {
    for (const type of ["CLASSIFICATION", "REGRESSION", "TEXT_CLASSIFICATION", "SENTIMENT", "IMAGE"] as const)
      expect(
        uses.filter((use) => whyNot(type, use) !== null),
        type,
      ).to.deep.equal(["GENERATE"]);
  });

  it("is either to predict or to write", () => {
    expect(typesFor("GENERATE")).to.deep.equal(["TEXT_GENERATION"]);
    expect(typesFor("PREDICT")).to.deep.equal(modelTypes.filter((type) => type !== "TEXT_GENERATION"));
  });

  it("is refused in a sentence that says what to do instead", () => {
    for (const type of modelTypes)
      for (const use of uses)
        expect(whyNot(type, use) ?? "Call predict.", `${type} ${use}`).to.match(
          /(Call|Leave|Look at|Compare|Import) .*\.$/,
        );
  });
});

describe("what a model answers by its type", () => {
  it("is classes, numbers, or neither", () => {
    expect(modelTypes.filter(predictsNumbers)).to.deep.equal(["REGRESSION", "TIME_SERIES"]);
    expect(modelTypes.filter(predictsClasses)).to.deep.equal([
      "CLASSIFICATION",
      "TEXT_CLASSIFICATION",
      "SENTIMENT",
      "IMAGE",
      "CLUSTERING",
    ]);
    expect(modelTypes.filter(readsOneText)).to.deep.equal(["TEXT_CLASSIFICATION", "SENTIMENT"]);
  });
});
