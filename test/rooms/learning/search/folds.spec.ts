import { expect } from "chai";
import fc from "fast-check";
import { foldsFor, leastSearchRows } from "../../../../src/rooms/learning/search/index.js";
import { foldRows, withFold } from "../../../../src/rooms/learning/search/folds.js";
import { partsOf } from "../../../../src/rooms/learning/parts.js";
import type { Split } from "../../../../src/rooms/learning/split.js";
import { parseSplit, type SplitPlan } from "../../../../src/rooms/learning/splitting/plan.js";
import { codeOf } from "../data.js";

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
    const { train, test } = withFold(split, plan, { target: Array(10).fill("a"), column: [] });
    expect([...train, ...test].sort((a, b) => a - b)).to.deep.equal(split.train);
    expect(test).to.have.length(2);
    expect(withFold(split, { ...plan, fold: undefined }, { target: [], column: [] })).to.equal(split);
  });
});

const byGroup = parseSplit({ kind: "GROUP", column: "who" }, "y");
const byTime = parseSplit({ kind: "TIME", column: "when" }, "y");
const task = { type: "CLASSIFICATION" as const };
/** Every fold of training rows that are as many as the cells, under a split by that column. */
const foldsUnder = (split: SplitPlan, column: string[], of: number, seed = 1): Split[] => {
  const whole: Split = { train: range(column.length), validation: [], test: [] };
  const target = column.map(() => "a");
  return range(of).map((number) =>
    withFold(whole, { task, seed, split, fold: { number, of } }, { target, column }),
  );
};
const sorted = (rows: number[]): number[] => rows.toSorted((a, b) => a - b);

describe("learning: folds under a split by group", () => {
  const groups = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 80 });
  const several = groups.filter((all) => new Set(all).size >= 2);

  it("have no group on both sides, leave no row out, and measure on some", () => {
    fc.assert(
      fc.property(several, fc.integer({ min: 2, max: 5 }), fc.nat(), (all, of, seed) => {
        // One group is the rows that name none.
        const column = all.map((group) => (group === 0 ? "" : `g${group}`));
        for (const { train, test } of foldsUnder(byGroup, column, of, seed)) {
          const trained = new Set(train.map((row) => column[row]));
          expect(test.filter((row) => trained.has(column[row]))).to.deep.equal([]);
          expect(test.length).to.be.greaterThan(0);
          expect(train.length).to.be.greaterThan(0);
          expect(sorted([...train, ...test])).to.deep.equal(range(column.length));
        }
      }),
    );
  });

  it("measure on each row once where there are enough groups", () => {
    fc.assert(
      fc.property(several, (all) => {
        const column = all.map(String);
        const of = Math.min(5, new Set(column).size);
        const held = foldsUnder(byGroup, column, of).flatMap(({ test }) => test);
        expect(sorted(held)).to.deep.equal(range(column.length));
      }),
    );
  });

  it("are as large as whole groups allow, and drawn by the seed", () => {
    const column = range(100).map((row) => `g${row % 20}`);
    expect(foldsUnder(byGroup, column, 5).map(({ test }) => test.length)).to.deep.equal(Array(5).fill(20));
    expect(foldsUnder(byGroup, column, 5, 3)).to.deep.equal(foldsUnder(byGroup, column, 5, 3));
    expect(foldsUnder(byGroup, column, 5, 3)).to.not.deep.equal(foldsUnder(byGroup, column, 5, 4));
  });

  it("are no more than there are groups to train on, and at least two", () => {
    expect(foldsFor(60, "GROUP")).to.have.length(5);
    expect(foldsFor(60, "GROUP", 3)).to.deep.equal(range(3).map((number) => ({ number, of: 3 })));
    expect(foldsFor(60, "GROUP", 1)).to.have.length(2);
    expect(foldsFor(5_000, "GROUP", 90)).to.deep.equal([{ number: 0, of: 5 }]);
  });

  it("are refused where one group is left to train on", async () => {
    const refused = async (): Promise<unknown> => foldsUnder(byGroup, Array(20).fill("one"), 2);
    expect(await codeOf(refused())).to.equal("TRAINING_DATA_UNUSABLE");
  });
});

describe("learning: folds under a split by time", () => {
  it("train on no row that is later than those measured, and measure on the later half once", () => {
    const times = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 16, maxLength: 80 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5 }), (all, of) => {
        const column = all.map(String);
        const parts = foldsUnder(byTime, column, of);
        for (const { train, test } of parts) {
          const last = Math.max(...train.map((row) => all[row] ?? 0));
          expect(test.every((row) => (all[row] ?? 0) >= last)).to.equal(true);
          expect(train.length).to.be.at.least(all.length / 2);
          expect(train).to.deep.equal(sorted(train));
          expect(test).to.deep.equal(sorted(test));
        }
        const held = parts.flatMap(({ test }) => test);
        expect(held.length).to.equal(Math.floor(all.length / 2));
        expect(new Set(held).size).to.equal(held.length);
      }),
    );
  });

  it("train on all that is before the block that is measured", () => {
    const dates = range(20).map((row) => `2024-01-${String(20 - row).padStart(2, "0")}`);
    const parts = foldsUnder(byTime, dates, 5);
    expect(parts.map(({ train }) => train.length)).to.deep.equal([10, 12, 14, 16, 18]);
    expect(parts.at(-1)?.test).to.deep.equal([0, 1]);
  });

  it("are the last quarter of many rows", () => {
    expect(foldsFor(999, "TIME")).to.have.length(5);
    const [only, ...others] = foldsFor(1_000, "TIME");
    expect(others).to.deep.equal([]);
    expect(only).to.deep.equal({ number: 1, of: 2 });
    const [, last] = foldsUnder(byTime, range(1_000).map(String), 2);
    expect(last?.test).to.deep.equal(range(1_000).slice(750));
  });
});

describe("learning: folds among the parts of a table", () => {
  const rows = range(40).map((row) => [String(row), `g${row % 4}`, row % 2 ? "x" : "y"]);
  const table = { columns: ["when", "who", "y"], rows };
  const partsUnder = (split: SplitPlan) =>
    partsOf(
      table,
      { task: { ...task, target: "y", features: [] }, seed: 1, split, fold: { number: 1, of: 3 } },
      0,
    );
  const cells = (part: { rows: readonly (readonly unknown[])[] }, column: number): Set<unknown> =>
    new Set(part.rows.map((row) => row[column]));

  it("hold out by the plan first, and by its rule again among what is left", () => {
    const { train, test } = partsUnder(byGroup);
    expect([...cells(train, 1)]).to.have.length(2);
    expect([...cells(test, 1)]).to.have.length(1);
    expect([...cells(train, 1)]).to.not.include([...cells(test, 1)][0]);
    const timed = partsUnder(byTime);
    expect(timed.train.rows.map(([when]) => Number(when))).to.deep.equal(range(20));
    // The last ten are the test rows, which no trial sees.
    expect(timed.test.places).to.deep.equal([20, 21, 22, 23, 24]);
  });

  it("are refused where no row is held out that the winner could be measured on", async () => {
    const own = { ...table, rows: rows.map(([when = "", who = ""]) => [when, who, `only ${when}`]) };
    const plan = { task: { ...task, target: "y", features: [] }, seed: 1, fold: { number: 1, of: 3 } };
    const split = parseSplit({ kind: "STRATIFIED" }, "y");
    const refused = async (): Promise<unknown> => partsOf(own, { ...plan, split }, 0);
    expect(await codeOf(refused())).to.equal("TRAINING_DATA_UNUSABLE");
  });
});

describe("learning: the fewest rows of a search", () => {
  it("leave each fold enough to train on", () => {
    expect(leastSearchRows(null)).to.equal(13);
    expect(leastSearchRows(byTime)).to.equal(20);
    expect(leastSearchRows(byGroup)).to.equal(10);
    const most = parseSplit({ kind: "RANDOM", testFraction: 0.9 }, "y");
    expect(leastSearchRows(most)).to.be.within(95, 105);
  });
});
