import { expect } from "chai";
import * as fc from "fast-check";
import { ColumnProfiler } from "../../../../src/rooms/datasets/reading/column-profiler.js";
import { DistinctBudget } from "../../../../src/rooms/datasets/reading/distinct.js";
import type { ColumnProfile, TableProfile } from "../../../../src/rooms/datasets/reading/index.js";
import { csv, inChunks, profile, realData } from "./support.js";

function column(cells: (string | null)[], budget = new DistinctBudget()): ColumnProfile {
  const profiler = new ColumnProfiler("x", budget);
  for (const cell of cells) profiler.add(cell);
  return profiler.profile();
}

const kind = (...cells: (string | null)[]) => column(cells).kind;
const many = (count: number, cell: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => cell(index));

function named(table: TableProfile, name: string): ColumnProfile {
  return table.columns.find((column) => column.name === name) ?? expect.fail(`no column ${name}`);
}

describe("datasets: profile of a column", () => {
  it("of numbers: range, mean, deviation of the sample", () => {
    const found = column(["2", " 4 ", "+4", "4e0", "5", "5.0", "7", "9", null]);
    expect(found).to.include({
      kind: "NUMBER",
      integer: true,
      missing: 1,
      distinct: 5,
      minimum: 2,
      maximum: 9,
      mean: 5,
    });
    expect(found.standardDeviation).to.be.closeTo(Math.sqrt(32 / 7), 1e-12);
    expect(found.categories[0]).to.deep.equal({ value: "4", count: 3 });
    expect(found.examples).to.deep.equal(["2", "4", "+4"]);
  });

  it("loses no digits where the mean is large and the deviation small", () => {
    const found = column(many(1000, (index) => String(1e9 + (index % 2))));
    expect(found.mean).to.be.closeTo(1e9 + 0.5, 1e-6);
    expect(found.standardDeviation).to.be.closeTo(0.5 * Math.sqrt(1000 / 999), 1e-9);
  });

  it("agrees with two passes over any numbers", () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 2,
      maxLength: 200,
    });
    const property = fc.property(numbers, (values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const found = column(values.map(String));
      expect(found.mean).to.be.closeTo(mean, 1e-6);
      expect(found.standardDeviation).to.be.closeTo(Math.sqrt(squares / (values.length - 1)), 1e-6);
      expect(found.minimum).to.equal(Math.min(...values) + 0);
    });
    fc.assert(property);
  });

  it("gives null for what doesn't exist or overflows", () => {
    expect(column(["5"])).to.include({ mean: 5, standardDeviation: null });
    expect(column(["1e308", "-1e308"])).to.include({
      minimum: -1e308,
      maximum: 1e308,
      standardDeviation: null,
    });
    expect(column(["a", "b", "a"])).to.include({ mean: null, minimum: null, integer: false });
  });

  it("lists whole numbers with few values, which can be classes, and no others", () => {
    expect(column(["0", "1", "1"]).categories).to.deep.equal([
      { value: "1", count: 2 },
      { value: "0", count: 1 },
    ]);
    expect(column(["0.5", "1", "1"]).categories).to.deep.equal([]);
    expect(column(many(100, (index) => String(index % 50))).categories).to.have.length(50);
    expect(column(many(102, (index) => String(index % 51))).categories).to.deep.equal([]);
  });

  it("tells kinds apart", () => {
    expect(kind(null, null)).to.equal("EMPTY");
    expect(kind("yes", "No", null)).to.equal("BOOLEAN");
    expect(kind("True", "0")).to.equal("TEXT");
    expect(kind("0", "1", "0")).to.equal("NUMBER");
    expect(kind("1", "2", "two", "2")).to.equal("CATEGORY");
    expect(kind("0x1F", "0x1F")).to.equal("CATEGORY");
    expect(kind("1,000", "1,000")).to.equal("CATEGORY");
  });

  it("calls repeating values categories and all others text", () => {
    expect(kind("a", "b", "c", "a", "b")).to.equal("CATEGORY");
    expect(kind("a", "b", "c", "d", "e")).to.equal("TEXT");
    expect(kind("only")).to.equal("CATEGORY");
    expect(column(many(201, (index) => `v${index % 100}`)).kind).to.equal("CATEGORY");
    expect(column(many(199, (index) => `v${index % 100}`)).kind).to.equal("TEXT");
    expect(column(["x".repeat(257), "x".repeat(257)])).to.include({ kind: "TEXT", distinct: null });
  });

  it("counts up to 1,000 values exactly and says when there are more", () => {
    const full = column(many(3000, (index) => `v${index % 1000}`));
    expect(full).to.include({ distinct: 1000, distinctExceeded: false, kind: "CATEGORY" });
    expect(full.categories).to.have.length(50);
    const over = column(many(3000, (index) => `v${index % 1001}`));
    expect(over).to.include({ distinct: null, distinctExceeded: true, kind: "TEXT" });
  });

  it("orders categories by count, then by first appearance", () => {
    const { categories } = column(["z", "a", "m", "a", "m", " z", "q", "q", "q"]);
    expect(categories.map(({ value, count }) => `${value}${count}`)).to.deep.equal(["q3", "z2", "a2", "m2"]);
  });

  it("shortens examples and keeps three different ones", () => {
    const { examples } = column(["a", "a", "y".repeat(500), "b", "c"]);
    expect(examples).to.deep.equal(["a", "y".repeat(128), "b"]);
  });

  it("gives the budget back when a column has too many values", () => {
    const budget = new DistinctBudget(60_000);
    expect(
      column(
        many(1001, (index) => `v${index}`),
        budget,
      ).distinct,
    ).to.equal(null);
    expect(
      column(
        many(1000, (index) => `v${index}`),
        budget,
      ).distinct,
    ).to.equal(1000);
    expect(
      column(
        many(1000, (index) => `v${index}`),
        budget,
      ).distinct,
    ).to.equal(null);
  });
});

describe("datasets: profile of the real data sets", () => {
  it("penguins", async () => {
    const table = await profile(realData("penguins.csv"));
    expect(table.rowCount).to.equal(344);
    expect(table.columns.map(({ kind }) => kind)).to.deep.equal([
      "CATEGORY",
      "CATEGORY",
      "NUMBER",
      "NUMBER",
      "NUMBER",
      "NUMBER",
      "CATEGORY",
    ]);
    expect(named(table, "species").categories).to.deep.equal([
      { value: "Adelie", count: 152 },
      { value: "Gentoo", count: 124 },
      { value: "Chinstrap", count: 68 },
    ]);
    expect(named(table, "sex")).to.include({ missing: 11, distinct: 2 });
    // pandas: describe() of the same file.
    expect(named(table, "body_mass_g")).to.include({
      minimum: 2700,
      maximum: 6300,
      integer: true,
      missing: 2,
    });
    expect(named(table, "body_mass_g").mean).to.be.closeTo(4201.754386, 1e-6);
    expect(named(table, "body_mass_g").standardDeviation).to.be.closeTo(801.954536, 1e-6);
  });

  it("titanic", async () => {
    const table = await profile(realData("titanic.csv"));
    expect(named(table, "survived")).to.include({ kind: "NUMBER", integer: true, distinct: 2 });
    expect(named(table, "age")).to.include({
      kind: "NUMBER",
      missing: 177,
      integer: false,
      minimum: 0.42,
      maximum: 80,
    });
    expect(named(table, "deck")).to.include({ kind: "CATEGORY", missing: 688, distinct: 7 });
    expect(named(table, "alone")).to.include({ kind: "BOOLEAN", distinct: 2 });
    expect(named(table, "embarked").categories[0]).to.deep.equal({ value: "S", count: 644 });
  });

  it("mpg, digits, sonar and SMS", async () => {
    const mpg = await profile(realData("mpg.csv"));
    expect(named(mpg, "name")).to.include({ kind: "TEXT", distinct: 305 });
    expect(named(mpg, "horsepower")).to.include({ kind: "NUMBER", missing: 6 });
    expect(named(mpg, "origin").categories).to.have.length(3);
    const digits = await profile(realData("digits-8x8.csv"));
    expect(named(digits, "digit").categories).to.have.length(10);
    expect(named(digits, "p00")).to.include({ distinct: 1, standardDeviation: 0 });
    const sonar = await profile(realData("sonar.csv"), { ...csv, header: false });
    expect(named(sonar, "c60").kind).to.equal("CATEGORY");
    const sms = await profile(realData("sms-spam.tsv"), { format: "TSV", header: false });
    expect(sms.columns.map(({ kind }) => kind)).to.deep.equal(["CATEGORY", "TEXT"]);
    expect(named(sms, "c1")).to.include({ distinct: null, distinctExceeded: true });
  });

  it("knows the place of an error after the first block", async () => {
    const content = `a,b\n${"1,2\n".repeat(40_000)}3\n`;
    const error = await profile(inChunks(content)).catch((error: Error) => error);
    expect(error).to.have.nested.property("extensions.row", 40_002);
  });
});
