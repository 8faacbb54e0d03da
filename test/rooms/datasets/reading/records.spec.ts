import { expect } from "chai";
import * as fc from "fast-check";
import { defaultLimits } from "../../../../src/rooms/datasets/reading/limits.js";
import { type FileRow, rowsOf } from "../../../../src/rooms/datasets/reading/records.js";
import type { Dialect } from "../../../../src/rooms/datasets/reading/scanner.js";

const csv: Dialect = { delimiter: 0x2c, quoting: true };

/** Rows of the text, handed over in blocks that begin at the given offsets. */
async function rowsIn(text: string, cuts: number[], dialect = csv): Promise<FileRow[]> {
  const bytes = Buffer.from(text);
  const offsets = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  async function* blocks() {
    for (let index = 1; index < offsets.length; index++)
      yield bytes.subarray(offsets[index - 1], offsets[index]);
  }
  const rows: FileRow[] = [];
  for await (const found of rowsOf(blocks(), dialect, defaultLimits)) rows.push(...found);
  return rows;
}

/** What an editor shows: the number of the line on which each row of cells begins. */
const cell = fc.string({ unit: fc.constantFrom("x", "é", "1", ",", "\n", "\r\n", "\r", '"', "😀") });
const line = fc.oneof(
  fc.constant(""),
  fc.constant('""'),
  fc.stringMatching(/^[a-zé]{1,5}(,[0-9]{1,3}){0,3}$/),
  fc
    .array(cell, { minLength: 1, maxLength: 3 })
    .map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 12 })
  .map((lines) => lines.flat().join(""));
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe("datasets: rows of blocks", () => {
  it("are the same wherever a block ends: in a character, in CR LF, between two quotes", async () => {
    const property = fc.asyncProperty(text, cuts, async (text, cuts) => {
      expect(await rowsIn(text, cuts)).to.deep.equal(await rowsIn(text, []));
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  it("begin on the line that an editor shows", async () => {
    const property = fc.asyncProperty(text, cuts, async (text, cuts) => {
      const rows = await rowsIn(text, cuts);
      const editor = text.split(/\r\n|\r|\n/);
      for (const { line, cells } of rows) {
        const begin = (cells[0] ?? "").split(/[\r\n"]/)[0] ?? "";
        expect(
          editor[line - 1]?.replace(/^"/, "").startsWith(begin),
          `line ${line} of ${JSON.stringify(text)}`,
        ).to.equal(true);
      }
      expect(new Set(rows.map(({ line }) => line)).size).to.equal(rows.length);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it("of TSV end at every line break, quoted or not", async () => {
    const rows = await rowsIn('a\t"b\nc"\td\n', [], { delimiter: 0x09, quoting: false });
    expect(rows).to.deep.equal([
      { line: 1, cells: ["a", '"b'] },
      { line: 2, cells: ['c"', "d"] },
    ]);
  });

  it("mix blocks with and without quotes", async () => {
    const rows = await rowsIn('a,b\n"c,d",e\nf,g', [4, 12]);
    expect(rows.map(({ cells }) => cells)).to.deep.equal([
      ["a", "b"],
      ["c,d", "e"],
      ["f", "g"],
    ]);
    expect(rows.map(({ line }) => line)).to.deep.equal([1, 2, 3]);
  });
});
