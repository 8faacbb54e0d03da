import { expect } from "chai";
import fc from "fast-check";
import { booleanOf, categoryOf, cellOf, isMissing, numberOf } from "../../../src/rooms/learning/cell.js";

describe("learning: cells", () => {
  it("knows the markers of a missing value, whatever their case and the space around them", () => {
    for (const cell of [null, undefined, "", "  ", "NA", "n/a", "NaN", "null", "NULL", " ? "]) {
      expect(isMissing(cell), String(cell)).to.equal(true);
    }
    for (const cell of ["0", "none", "None", "-", "nano", "false"])
      expect(isMissing(cell), cell).to.equal(false);
  });

  it("reads decimal numbers and nothing else", () => {
    const numbers = { " 12 ": 12, "-1.5": -1.5, "+.5": 0.5, "3.": 3, "1e3": 1000, "2E-2": 0.02 };
    for (const [cell, value] of Object.entries(numbers)) expect(numberOf(cell), cell).to.equal(value);
    for (const cell of ["12 kg", "0x10", "Infinity", "1e999", "1,5", "1e", "--1", "NaN", "", "."]) {
      expect(numberOf(cell), cell).to.equal(null);
    }
  });

  it("reads every number that JavaScript prints", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e99, max: 1e99 }), (value) => {
        expect(numberOf(String(value)) === value).to.equal(true);
      }),
    );
  });

  it("reads truth values in the usual spellings", () => {
    expect(["True", "yes", "1", "T"].map(booleanOf)).to.deep.equal([1, 1, 1, 1]);
    expect(["FALSE", "n", "0", " no "].map(booleanOf)).to.deep.equal([0, 0, 0, 0]);
    expect(["maybe", "2", "", null, undefined].map(booleanOf)).to.deep.equal([null, null, null, null, null]);
  });

  it("makes a JSON value the cell it would have been in a file", () => {
    expect([1.5, true, false, "x", null, undefined].map(cellOf)).to.deep.equal([
      "1.5",
      "true",
      "false",
      "x",
      null,
      null,
    ]);
    expect(booleanOf(cellOf(true))).to.equal(1);
    expect(numberOf(cellOf(1e21))).to.equal(1e21);
  });

  it("trims categories", () => {
    expect([" a b ", "?", null].map(categoryOf)).to.deep.equal(["a b", null, null]);
  });
});
