import { expect } from "chai";
import fc from "fast-check";
import { foldsFor } from "../../../../src/rooms/learning/search/index.js";
import { foldRows, withFold } from "../../../../src/rooms/learning/search/folds.js";

const range = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

describe("learning: folds of the training rows", () => {
  it("are five for few rows, and one fifth of many", () => {
    expect(foldsFor(999)).to.have.length(5);
    expect(foldsFor(999).map(({ number }) => number)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(foldsFor(1_000)).to.deep.equal([{ number: 0, of: 5 }]);
  });

  it("hold each row exactly once, and train on all the others, in order", () => {
    const rows = fc
      .uniqueArray(fc.nat(500), { minLength: 5, maxLength: 80 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 5 }), fc.nat(), (all, of, seed) => {
        const targets = all.map((row) => (row % 3 === 0 ? "rare" : "common"));
        const parts = range(of).map((number) => foldRows(all, targets, { number, of }, seed));
        expect(parts.flatMap(({ held }) => held).sort((a, b) => a - b)).to.deep.equal(all);
        for (const { train, held } of parts) {
          expect([...train, ...held].sort((a, b) => a - b)).to.deep.equal(all);
          expect(train).to.deep.equal(train.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it("give each fold its share of every class", () => {
    const rows = range(100);
    const targets = rows.map((row) => (row < 10 ? "rare" : "common"));
    for (const number of range(5)) {
      const { held } = foldRows(rows, targets, { number, of: 5 }, 4);
      expect(held.filter((row) => row < 10)).to.have.length(2);
    }
  });

  it("give each fold small and large numbers", () => {
    const rows = range(100);
    for (const number of range(5)) {
      const { held } = foldRows(rows, rows, { number, of: 5 }, 4);
      expect(held.filter((row) => row >= 50)).to.have.length(10);
    }
  });

  it("are the same for the same seed and others for another", () => {
    const rows = range(60);
    const targets = rows.map((row) => String(row % 2));
    const held = (seed: number): number[] => foldRows(rows, targets, { number: 1, of: 5 }, seed).held;
    expect(held(3)).to.deep.equal(held(3));
    expect(held(3)).to.not.deep.equal(held(4));
  });

  it("take the place of the test rows, none of which is left", () => {
    const split = { train: [0, 1, 2, 4, 5, 6, 8, 9], validation: [], test: [3, 7] };
    const plan = { task: { type: "CLASSIFICATION" as const }, seed: 1, fold: { number: 0, of: 4 } };
    const { train, test } = withFold(split, plan, Array(10).fill("a"));
    expect([...train, ...test].sort((a, b) => a - b)).to.deep.equal(split.train);
    expect(test).to.have.length(2);
    expect(withFold(split, { ...plan, fold: undefined }, [])).to.equal(split);
  });
});
