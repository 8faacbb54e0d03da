import { expect } from "chai";
import fc from "fast-check";
import { categoryOf, isMissing, parseBoolean, parseNumber } from "../../src/kernel/cell.js";

describe("cells", () => {
  it("missing: nothing, NA, N/A, NaN, null and ?, in any case, with white space around", () => {
    const missing = [
      "",
      " ",
      "\t\n",
      "NA",
      "na",
      "N/A",
      "n/a",
      "NaN",
      "nan",
      "null",
      "NULL",
      "?",
      " ? ",
      "\u00a0",
    ];
    expect(missing.filter((cell) => !isMissing(cell))).to.deep.equal([]);
    const present = ["0", "-", "none", "nil", "N A", "NAN1", "??", "false", "n", "nulls"];
    expect(present.filter(isMissing)).to.deep.equal([]);
  });

  it("numbers: decimal, with sign, fraction and exponent", () => {
    const numbers: [cell: string, value: number][] = [
      ["1", 1],
      ["-1.5", -1.5],
      ["+2", 2],
      [".5", 0.5],
      ["5.", 5],
      ["1e5", 1e5],
      ["1E-3", 0.001],
      [" 7\t", 7],
      ["007", 7],
    ];
    for (const [cell, value] of numbers) expect(parseNumber(cell), cell).to.equal(value);
  });

  it("not numbers: hexadecimal, Infinity, overflow, separators of thousands, units", () => {
    const texts = [
      "0x1F",
      "0b1",
      "Infinity",
      "-Infinity",
      "1e999",
      "1,000",
      "1 000",
      "1_000",
      "5%",
      "",
      "e5",
      ".",
      "+",
      "1e",
      "--1",
      "1n",
      "١",
    ];
    for (const text of texts) expect(parseNumber(text), text).to.equal(null);
  });

  it("reads back every number that JavaScript writes", () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(numbers, (value) => parseNumber(String(value)) === value + 0 || Object.is(value, -0)),
    );
  });

  it("refuses hostile cells of 60,000 characters", () => {
    const cells = [
      "1".repeat(60_000),
      " ".repeat(60_000),
      `${" ".repeat(60_000)}x`,
      `${"1".repeat(60_000)}e`,
    ];
    for (const cell of cells) expect([parseNumber(cell), parseBoolean(cell)]).to.deep.equal([null, null]);
  });

  it("booleans and categories", () => {
    expect(["true", "T", " yes "].map(parseBoolean)).to.deep.equal([true, true, true]);
    expect(["False", "f", "NO"].map(parseBoolean)).to.deep.equal([false, false, false]);
    expect(["1", "0", "y", "on", "", "truest"].map(parseBoolean)).to.deep.equal([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(categoryOf(" State-gov ")).to.equal("State-gov");
  });
});
