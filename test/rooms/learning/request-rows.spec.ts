import { expect } from "chai";
import fc from "fast-check";
import type { JsonCell, JsonRow } from "../../../src/rooms/learning/cell.js";
import { NamesOfRows, type PackedRow, RowReader } from "../../../src/rooms/learning/request-rows.js";

const cell = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const name = fc.oneof(fc.constantFrom("age", "constructor", "__proto__", "0"), fc.string());
/** Own properties of any name, as JSON gives them. */
const row = fc
  .array(fc.tuple(name, cell), { maxLength: 5 })
  .map((cells): JsonRow => Object.fromEntries(cells));

function unpacked(requests: JsonRow[][], columns: string[]) {
  const names = new NamesOfRows();
  const texts = requests.map((rows) => names.pack(rows));
  const packed = JSON.parse(`[${texts.join(",")}]`) as PackedRow[][];
  return { names, packed, reader: new RowReader(names.lists, columns) };
}
const asText = (value: JsonCell | undefined): string | null =>
  value === undefined || value === null ? null : String(value);

describe("rows on their way to a prediction thread", () => {
  it("are read as they were, whatever their columns are called and in whatever order they come", () =>
    fc.assert(
      fc.property(fc.array(fc.array(row)), fc.array(name), (requests, columns) => {
        const { packed, reader } = unpacked(requests, columns);
        const wanted = requests.map((rows) =>
          rows.map((each) => JSON.parse(JSON.stringify(each)) as JsonRow),
        );
        expect(packed.map((rows) => rows.map((each) => reader.object(each)))).to.deep.equal(wanted);
        packed.forEach((rows, request) => {
          rows.forEach((each, place) => {
            const original = wanted[request]?.[place] ?? {};
            const expected = columns.map((column) =>
              Object.hasOwn(original, column) ? asText(original[column]) : null,
            );
            expect(reader.cells(each)).to.deep.equal(expected);
          });
        });
      }),
    ));

  it("name their columns once where they have the same", () => {
    const { names } = unpacked([[{ a: 1, b: 2 }], [{ a: 3, b: 4 }, { b: 5 }], [{ a: 6, b: null }]], []);
    expect(names.lists).to.deep.equal([["a", "b"], ["b"]]);
  });

  it("are known where every column is", () => {
    const { packed, reader } = unpacked([[{ a: 1 }, { a: 1, c: 2 }, {}]], ["a"]);
    expect(packed[0]?.map((each) => reader.isKnown(each, new Set(["a", "b"])))).to.deep.equal([
      true,
      false,
      true,
    ]);
  });
});
