import { expect } from "chai";
import fc from "fast-check";
import type { JsonRow } from "../../../src/rooms/learning/cell.js";
import { checkKinds, type ValueKind } from "../../../src/rooms/learning/row-kinds.js";
import { fieldsOf } from "./data.js";

const kinds = new Map<string, ValueKind>([
  ["weight", "NUMBER"],
  ["ripe", "BOOLEAN"],
]);

describe("learning: kinds of values in prediction rows", () => {
  it("takes numbers and truths in every way a data file writes them, and what is missing", () => {
    const rows: JsonRow[] = [
      { weight: 1.5, ripe: true },
      { weight: " 1e3 ", ripe: "yes" },
      { weight: "NA", ripe: "?" },
      { weight: null, ripe: null },
      { ripe: 1 },
      {},
    ];
    expect(() => checkKinds(rows, kinds)).not.to.throw();
  });

  it("says the same where all columns are of numbers, which is told in another way", () => {
    const part = fc.constantFrom("1", "0", ".", "-", "e", " ", "12345678901234567890", "x");
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
    const told = (row: JsonRow, known: ReadonlyMap<string, ValueKind>): string[] => {
      try {
        checkKinds([row], known);
        return [];
      } catch {
        return fieldsOf(() => checkKinds([row], known)).map(({ path }) => path);
      }
    };
    const numbers = new Map<string, ValueKind>([["weight", "NUMBER"]]);
    fc.assert(
      fc.property(fc.oneof(text, fc.double(), fc.constant(null)), (weight) => {
        expect(told({ weight }, numbers)).to.deep.equal(told({ weight }, kinds));
      }),
      { numRuns: 300 },
    );
  });

  it("leaves columns alone that take any text", () => {
    expect(() => checkKinds([{ colour: "12 kg" }], kinds)).not.to.throw();
  });

  it("names each place where something else is, with the value", () => {
    const rows: JsonRow[] = [
      { weight: 1 },
      { weight: "12 kg", ripe: "perhaps" },
      { weight: 1e300 },
      { weight: true },
    ];
    const faults = fieldsOf(() => checkKinds(rows, kinds));
    expect(faults.map(({ path }) => path)).to.deep.equal([
      "rows.1.weight",
      "rows.1.ripe",
      "rows.2.weight",
      "rows.3.weight",
    ]);
    expect(faults[0]?.message).to.include('"12 kg" is no number').and.to.include("null");
    expect(faults[1]?.message).to.include('"perhaps" is neither true nor false');
    expect(faults[2]?.message).to.include("1e100");
  });

  it("answers thousands of faults briefly, and long texts by their beginning", () => {
    const rows = Array.from({ length: 1_000 }, () => ({ weight: "x".repeat(60_000) }));
    const faults = fieldsOf(() => checkKinds(rows, kinds));
    expect(faults).to.have.length(20);
    expect(JSON.stringify(faults).length).to.be.below(3_000);
  });

  it("looks at own properties only", () => {
    expect(() => checkKinds([{}], new Map([["constructor", "NUMBER"]]))).not.to.throw();
  });
});
