import { expect } from "chai";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import type { SurveyPlan } from "../../../../src/rooms/learning/plan.js";
import { foldsFor } from "../../../../src/rooms/learning/search/index.js";
import { surveyRows } from "../../../../src/rooms/learning/search/survey.js";
import { parseSplit } from "../../../../src/rooms/learning/splitting/plan.js";

type Line = [site: string, size: string, kind: string];
const lines = (count: number, line: (row: number) => Line): Line[] =>
  Array.from({ length: count }, (_, row) => line(row));
const usual = lines(60, (row) => [`s${row % 6}`, String(row), row % 5 < 2 ? "x" : "y"]);

function survey(rows: Line[], more: Partial<SurveyPlan> = {}) {
  const task = {
    type: "CLASSIFICATION" as const,
    target: "kind",
    features: [{ column: "size", kind: "NUMBER" as const }],
  };
  const plan = { task, seed: 1, split: null, folds: foldsFor(45), ...more };
  return surveyRows({ columns: ["site", "size", "kind"], rows }, plan);
}
const byGroup = (testFraction: number) =>
  parseSplit({ kind: "GROUP", column: "site", testFraction, seed: 1 }, "kind");

/** Place and words of a refusal. */
function refusal(work: () => unknown): { path: string | undefined; message: string } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TenfoldError)) throw error;
    expect(error.code).to.equal("TRAINING_DATA_UNUSABLE");
    const [field] = error.extensions["fields"] as { path: string }[];
    return { path: field?.path, message: error.message };
  }
  throw new Error("It was not refused.");
}

describe("learning: a look at the rows before a search", () => {
  it("leaves folds as they were planned where rows are drawn alike", () => {
    expect(survey(usual).folds).to.deep.equal(foldsFor(45));
    const many = foldsFor(5_000);
    expect(survey(usual, { folds: many }).folds).to.deep.equal(many);
  });

  it("has as many folds as groups are left, dealt out by their classes where there are any", () => {
    // Of six sites of ten rows, three are held out.
    const { folds } = survey(usual, { split: byGroup(0.5) });
    expect(folds).to.deep.equal([0, 1, 2].map((number) => ({ number, of: 3, stratified: true })));
    const task = {
      type: "REGRESSION" as const,
      target: "size",
      features: [{ column: "kind", kind: "CATEGORY" as const }],
    };
    const numbers = survey(usual, { split: byGroup(0.5), task });
    expect(numbers.folds).to.deep.equal([0, 1, 2].map((number) => ({ number, of: 3 })));
  });

  it("ends where one group is left, with the place and what to do", () => {
    const { path, message } = refusal(() => survey(usual, { split: byGroup(0.85) }));
    expect(path).to.equal("split.column");
    expect(message).to.match(/are one group.*Hold out a smaller part, or name another column\.$/);
  });

  it("ends where nothing can be learnt of the training rows, whatever the test rows hold", () => {
    const same = lines(40, (row) => ["s", String(row), row === 3 ? "odd" : "even"]);
    expect(refusal(() => survey(same)).message).to.include("has one class in the training rows");
    const empty = lines(40, (row) => ["s", row === 3 ? "1" : "", row % 2 ? "x" : "y"]);
    expect(refusal(() => survey(empty))).to.have.property("path", "features");
  });

  it("ends where a fold could not be trained, though all training rows together could", () => {
    // The only other class comes in one site, which one of the folds measures on.
    const one = lines(60, (row) => [`s${row % 6}`, String(row), row % 6 === 0 ? "x" : "y"]);
    const wholes = [1, 2, 3, 4, 5, 6].map((seed) => () => survey(one, { split: { ...byGroup(0.2), seed } }));
    for (const whole of wholes) expect(refusal(whole).message).to.include("one class");
  });
});
