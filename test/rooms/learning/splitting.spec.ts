import { expect } from "chai";
import fc from "fast-check";
import type { Cell } from "../../../src/rooms/learning/cell.js";
import { type Split, splitByPlan, type SplitCells } from "../../../src/rooms/learning/split.js";
import { dateOf } from "../../../src/rooms/learning/dates.js";
import { rowsByTime } from "../../../src/rooms/learning/splitting/order.js";
import { parseSplit, type SplitKind, type SplitPlan } from "../../../src/rooms/learning/splitting/plan.js";
import { codeOf, dataSet, fieldsOf, interruptedSha256, learn } from "./data.js";

const planOf = (kind: SplitKind, more: Partial<SplitPlan> = {}): SplitPlan => ({
  kind,
  column: null,
  testFraction: 0.25,
  seed: null,
  ...more,
});
const cellsOf = (target: Cell[], column: Cell[] = [], numbers = false): SplitCells => ({
  target,
  numbers,
  column,
});
const draw = (plan: SplitPlan, cells: SplitCells, validationSplit = 0.2, seed = 1): Split =>
  splitByPlan(plan, cells, { validationSplit, seed });
const repeated = (label: string, count: number): string[] => Array<string>(count).fill(label);
const countOf = (rows: readonly number[], cells: readonly Cell[], label: Cell): number =>
  rows.filter((row) => cells[row] === label).length;

describe("learning: splits by plan", () => {
  it("put every row into exactly one part, in order, the same for the same seed", () => {
    const cell = fc.constantFrom<Cell>("a", "b", "c", null);
    const kinds = fc.constantFrom<SplitKind>("RANDOM", "STRATIFIED", "TIME", "GROUP");
    fc.assert(
      fc.property(
        kinds,
        fc.array(cell, { minLength: 1, maxLength: 120 }),
        fc.constantFrom(0.1, 0.25, 0.5),
        fc.constantFrom(0, 0.1, 0.5),
        fc.integer({ min: 0, max: 1_000 }),
        (kind, target, testFraction, validationSplit, seed) => {
          const column = kind === "TIME" ? target.map((_, row) => String((row * 7) % 11)) : target;
          const cells = cellsOf(target, column);
          const plan = planOf(kind, { testFraction, column: "c" });
          const parts = draw(plan, cells, validationSplit, seed);
          const all = [...parts.train, ...parts.validation, ...parts.test].sort((a, b) => a - b);
          expect(all).to.deep.equal(target.map((_, row) => row));
          for (const rows of Object.values(parts) as number[][])
            expect(rows).to.deep.equal([...rows].sort((a, b) => a - b));
          expect(draw(plan, cells, validationSplit, seed)).to.deep.equal(parts);
        },
      ),
    );
  });

  it("draw by their own seed where they have one, else by the training's", () => {
    const cells = cellsOf(repeated("a", 200));
    expect(draw(planOf("RANDOM"), cells, 0, 1)).to.not.deep.equal(draw(planOf("RANDOM"), cells, 0, 2));
    const fixed = planOf("RANDOM", { seed: 9 });
    expect(draw(fixed, cells, 0, 1)).to.deep.equal(draw(fixed, cells, 0, 2));
  });

  it("hold out the same part of each class, of rare ones too, and of none all", () => {
    const target = [...repeated("common", 80), ...repeated("rare", 8), "once"];
    const { train, validation, test } = draw(planOf("STRATIFIED"), cellsOf(target), 0.25);
    expect(countOf(test, target, "common")).to.equal(20);
    expect(countOf(test, target, "rare")).to.equal(2);
    expect(countOf(validation, target, "common")).to.equal(15);
    expect(countOf(train, target, "once")).to.equal(1);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 12 }), fc.nat(50), (labels, seed) => {
        const parts = draw(planOf("STRATIFIED"), cellsOf(labels), 0, seed);
        for (const label of new Set(labels)) {
          const all = labels.filter((each) => each === label).length;
          expect(countOf(parts.test, labels, label)).to.be.within(
            Math.floor(all / 4) - 1,
            Math.ceil(all / 4),
          );
          expect(countOf(parts.train, labels, label)).to.be.at.least(1);
        }
      }),
    );
  });

  it("hold out numbers from all over their range", () => {
    const target = Array.from({ length: 160 }, (_, row) => String((row * 37) % 160));
    const { test } = draw(planOf("STRATIFIED"), cellsOf(target, [], true), 0, 3);
    const tenths = Array<number>(10).fill(0);
    for (const row of test) tenths[Math.floor(Number(target[row]) / 16)]! += 1;
    expect(tenths).to.deep.equal(Array<number>(10).fill(4));
  });

  it("hold out the last rows in time and watch with those before them", () => {
    const times = Array.from({ length: 40 }, (_, row) => String((row * 17) % 40));
    const { train, validation, test } = draw(planOf("TIME", { column: "t" }), cellsOf(times, times), 0.2);
    const timesOf = (rows: number[]) => rows.map((row) => Number(times[row]));
    expect(Math.max(...timesOf(train))).to.be.below(Math.min(...timesOf(validation)));
    expect(Math.max(...timesOf(validation))).to.be.below(Math.min(...timesOf(test)));
    expect([train.length, validation.length, test.length]).to.deep.equal([24, 6, 10]);
  });

  it("never part a group, and hold one out where there are two", () => {
    const label = fc.nat(12).map(String);
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 150 }), fc.nat(99), (groups, seed) => {
        const parts = draw(planOf("GROUP", { column: "g" }), cellsOf(groups, groups), 0.2, seed);
        for (const group of new Set(groups)) {
          const rows: number[][] = Object.values(parts).filter((part: number[]) =>
            part.some((row) => groups[row] === group),
          );
          expect(rows.length, `parts with group ${group}`).to.equal(1);
        }
        if (new Set(groups).size > 1) expect(parts.test.length).to.be.at.least(1);
        expect(parts.train.length).to.be.at.least(1);
      }),
    );
  });

  it("come close to their part with groups of many sizes", () => {
    const groups = Array.from({ length: 60 }, (_, group) => repeated(`g${group}`, 1 + (group % 7))).flat();
    for (const seed of [1, 2, 3, 4, 5]) {
      const { test } = draw(planOf("GROUP", { column: "g" }), cellsOf(groups, groups), 0, seed);
      expect(test.length / groups.length).to.be.closeTo(0.25, 0.02);
    }
  });
});

describe("learning: times", () => {
  it("are ISO dates, in UTC unless they say otherwise", () => {
    expect(dateOf("2024-03-01")).to.equal(Date.UTC(2024, 2, 1));
    expect(dateOf("2024-03")).to.equal(Date.UTC(2024, 2, 1));
    expect(dateOf("2024-03-01 12:30")).to.equal(Date.UTC(2024, 2, 1, 12, 30));
    expect(dateOf("2024-03-01T12:30:00+02:00")).to.equal(Date.UTC(2024, 2, 1, 10, 30));
    expect(dateOf("2024-03-01T12:30:00+02")).to.equal(Date.UTC(2024, 2, 1, 10, 30));
    expect(dateOf("2024-03-01 12:30:00.250Z")).to.equal(Date.UTC(2024, 2, 1, 12, 30, 0, 250));
    for (const other of [
      "1.3.2024",
      "03/01/2024",
      "March",
      "2024-13-01",
      "2024-02-30x",
      "",
      null,
      "20240301",
    ])
      expect(dateOf(other), String(other)).to.equal(null);
  });

  it("put rows in order, as numbers or as dates, and keep the order of rows of one time", () => {
    expect(rowsByTime("t", ["10", "9", "-1", "9"])).to.deep.equal([2, 1, 3, 0]);
    expect(rowsByTime("t", ["2024-02-01", "2023-12-31", "2024-01-15"])).to.deep.equal([1, 2, 0]);
    // The dates of a time series order the rows of a table too.
    expect(rowsByTime("t", ["2024-Q2", "2024/1/31", "2023-12"])).to.deep.equal([2, 1, 0]);
  });

  it("are refused where they put rows in no order, with the row", async () => {
    expect(await codeOf(() => rowsByTime("t", ["1", "2", null]))).to.equal("TRAINING_DATA_UNUSABLE");
    expect(() => rowsByTime("t", ["1", "soon", "3"])).to.throw(/"t".*Row 2 holds neither/);
    expect(() => rowsByTime("t", ["1", "2024-01-01"])).to.throw(/some hold dates/);
  });
});

describe("learning: plans of splits", () => {
  it("are completed", () => {
    expect(parseSplit({ kind: "RANDOM" }, "t")).to.deep.equal(planOf("RANDOM"));
    const plan = { kind: "GROUP", column: "customer", testFraction: 0.1, seed: 4 };
    expect(parseSplit(plan, "t")).to.deep.equal(plan);
  });

  const refused: [what: string, input: object, target: string | null, path: string][] = [
    ["an unknown rule", { kind: "ALPHABET" }, "t", "split.kind"],
    ["a part of everything", { kind: "RANDOM", testFraction: 1 }, "t", "split.testFraction"],
    ["a time without a column", { kind: "TIME" }, "t", "split.column"],
    ["groups without a column", { kind: "GROUP" }, "t", "split.column"],
    ["groups by the target", { kind: "GROUP", column: "t" }, "t", "split.column"],
    ["a column that nothing reads", { kind: "RANDOM", column: "x" }, "t", "split.column"],
    ["classes where there is no target", { kind: "STRATIFIED" }, null, "split.kind"],
    ["a negative seed", { kind: "RANDOM", seed: -1 }, "t", "split.seed"],
  ];
  for (const [what, input, target, path] of refused)
    it(`are refused with ${what}`, () => {
      expect(fieldsOf(() => parseSplit(input, target))[0]?.path).to.equal(path);
    });
});

describe("learning: trainings with a planned split", function () {
  this.timeout(60_000);
  const { table, plan } = dataSet("penguins");
  const quick = { ...plan, hyperparameters: { epochs: 4 } };

  it("measure on the rows that it holds out, and learn nothing from them", async () => {
    const split = planOf("GROUP", { column: "island" });
    const result = await learn(table, { ...quick, split });
    expect(result.split).to.deep.equal(split);
    const { test, train, validation, dropped } = result.rows;
    expect(test + train + validation + dropped).to.equal(table.rows.length);
    expect([52, 124, 168]).to.include(test);
  });

  it("are the same to the bit after an interruption, and another split is another training", async () => {
    const split = planOf("STRATIFIED");
    const whole = await learn(table, { ...quick, split });
    expect(await interruptedSha256(table, { ...quick, split })).to.equal(whole.sha256);
    const other = await learn(table, { ...quick, split: { ...split, seed: 5 } });
    expect(other.sha256).to.not.equal(whole.sha256);
  });

  it("fail where there is no such column", async () => {
    const split = planOf("TIME", { column: "year" });
    expect(await codeOf(learn(table, { ...quick, split }))).to.equal("TRAINING_DATA_UNUSABLE");
  });
});
