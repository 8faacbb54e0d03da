import { expect } from "chai";
import fc from "fast-check";
import { HashTally, hashCell, keyOf } from "../../../../src/rooms/datasets/analysis/cell-hash.js";
import { type DatasetWarning, examineTable, heldOut } from "../../../../src/rooms/datasets/analysis/index.js";
import { type Row, TableProfiler } from "../../../../src/rooms/datasets/reading/index.js";
import { splitRows } from "../../../../src/rooms/learning/split.js";

async function examine(columns: string[], rows: Row[], target: string): Promise<DatasetWarning[]> {
  const profiler = new TableProfiler(columns);
  for (const row of rows) profiler.add(row);
  const batches = (async function* () {
    yield rows;
  })();
  return examineTable({ columns, batches, close: async () => undefined }, profiler.profile(), target);
}
const rowsOf = (warnings: readonly DatasetWarning[], code: string): number =>
  warnings.find((warning) => warning.code === code)?.rows ?? 0;

describe("examining a table", () => {
  it("holds out the rows that training does", () => {
    const { test } = splitRows(103, { testFraction: 0.25, validationSplit: 0.2, seed: 7 });
    expect(Array.from({ length: 103 }, (_, row) => row).filter(heldOut)).to.deep.equal(test);
  });

  it("counts repeated rows, and those on both sides, as a plain comparison of all of them does", async () => {
    const cell = fc.constantFrom("a", "b", " a", null, "1");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 }), async (rows) => {
        const keys = rows.map((row) => JSON.stringify(row.map((value) => value?.trim() ?? null)));
        const earlier = (row: number): number[] =>
          keys.flatMap((key, at) => (at < row && key === keys[row] ? [at] : []));
        const repeated = keys.flatMap((_, row) => (earlier(row).length > 0 ? [row] : []));
        const across = repeated.filter((row) => earlier(row).some((at) => heldOut(at) !== heldOut(row)));
        const warnings = await examine(["x", "y"], rows, "y");
        expect(rowsOf(warnings, "DUPLICATE_ROWS")).to.equal(repeated.length);
        expect(rowsOf(warnings, "DUPLICATES_ACROSS_SPLIT")).to.equal(across.length);
      }),
    );
  });

  it("tells of a column of numbers with a few texts in it, and of the first of them", async () => {
    const rows = Array.from({ length: 40 }, (_, at): Row => {
      const slip = at === 6 || at === 20;
      return [slip ? "12 kg" : String(at), at % 7 === 0 ? "NA" : `${at}.5`, at % 2 === 0 ? "3" : "b", "y"];
    });
    const warnings = await examine(["weight", "gaps", "mixed", "target"], rows, "target");
    const told = warnings.filter(({ code }) => code === "NOT_ALL_NUMBERS");
    expect(told.map(({ column, rows: count }) => [column, count])).to.deep.equal([["weight", 2]]);
    expect(told[0]?.message).to.include("2 of its 40 values").and.to.include("“12 kg” in row 7");
    // Without its slips it would be numbers, which are different in every row by their nature.
    expect(warnings.some(({ code, column }) => code === "NEARLY_UNIQUE" && column === "weight")).to.equal(
      false,
    );
  });

  it("takes a column with fewer numbers than that for what it is", async () => {
    const rows = Array.from({ length: 40 }, (_, at): Row => [at % 4 === 0 ? `c${at}` : String(at), "y"]);
    const codes = (await examine(["code", "target"], rows, "target")).map(({ code }) => code);
    expect(codes).not.to.include("NOT_ALL_NUMBERS");
  });

  it("tells that a column determines the target exactly where each value has one", async () => {
    const value = fc.constantFrom("p", "q", "r");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 25 }), async (rows) => {
        const targets = new Map<string, Set<string>>();
        for (const [x, y] of rows) targets.set(x, (targets.get(x) ?? new Set()).add(y));
        const different = new Set(rows.map(([, y]) => y)).size;
        const tells =
          different > 1 &&
          targets.size * 2 <= rows.length &&
          [...targets.values()].every(({ size }) => size === 1);
        const codes = (await examine(["x", "y"], rows, "y")).map(({ code }) => code);
        const expected = targets.size === different ? "REPEATS_TARGET" : "DETERMINES_TARGET";
        expect(codes.filter((code) => code.endsWith("_TARGET"))).to.deep.equal(tells ? [expected] : []);
      }),
    );
  });

  it("stays within its memory for a column of a million values", async () => {
    const rows = Array.from({ length: 200_000 }, (_, row): Row => [`id${row}`, String(row % 2)]);
    const warnings = await examine(["id", "y"], rows, "y");
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.include({ code: "NEARLY_UNIQUE", column: "id", rows: 200_000 });
  });

  it("tells hashes of a hundred thousand texts apart", () => {
    const tally = new HashTally(100_000);
    for (let at = 0; at < 100_000; at++) expect(tally.note(keyOf(hashCell(`value ${at}`)), 1)).to.equal(0);
    expect(tally.size).to.equal(100_000);
    expect(tally.note(keyOf(hashCell(" value 7 ")), 2)).to.equal(1);
  });
});
