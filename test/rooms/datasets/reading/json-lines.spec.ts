import { expect } from "chai";
import fc from "fast-check";
import { readTable, type ReadOptions } from "../../../../src/rooms/datasets/reading/index.js";
import { csv, inChunks, profile, read, readAll, realData, refusal, type WholeTable } from "./support.js";

const jsonl: ReadOptions = { format: "JSONL", header: true };

const lineOf = (pairs: [key: string, value: unknown][]): string =>
  `{${pairs.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(", ")}}`;

/** A table as JSON Lines, as pandas and most databases write it: numbers as numbers, missing values as null. */
const asJsonLines = ({ columns, rows }: WholeTable): string =>
  rows
    .map((row) =>
      lineOf(
        columns.map((name, index) => {
          const cell = row[index] ?? null;
          return [name, cell !== null && String(Number(cell)) === cell ? Number(cell) : cell];
        }),
      ),
    )
    .join("\n");

type Value = string | number | boolean | null;

const markers = new Set(["", "na", "n/a", "nan", "null", "?"]);

/** The cell that a value is, once it was written as JSON. */
const cellOf = (value: Value): string | null => {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return null;
  const cell = Object.is(value, -0) ? "0" : String(value);
  return markers.has(cell.trim().toLowerCase()) ? null : cell;
};

describe("datasets: JSON Lines", () => {
  it("takes the real data sets to the same rows and profile as their CSV", async () => {
    for (const name of ["penguins.csv", "titanic.csv", "mpg.csv", "diabetes.csv"]) {
      const table = await readAll(realData(name));
      const lines = asJsonLines(table);
      expect(await read(lines, { ...jsonl, knownColumns: table.columns }), name).to.deep.equal(table);
      expect(await profile(inChunks(lines), jsonl), name).to.deep.equal(await profile(realData(name)));
    }
  });

  it("makes columns of all keys in the order of their first appearance, and nulls of those left out", async () => {
    const content = '{"b": 1, "0": "x"}\n{"c": true, "b": 2}\n{}\n{"a": null, "0": "NA", "b": false}\n';
    const columns = ["b", "0", "c", "a"];
    const table = await readTable(inChunks(content), jsonl);
    for await (const batch of table.batches) expect(batch.at(-1)).to.deep.equal(["false", null, null, null]);
    expect(table.columns).to.deep.equal(columns);
    expect((await read(content, { ...jsonl, knownColumns: columns })).rows).to.deep.equal([
      ["1", "x", null, null],
      ["2", null, "true", null],
      [null, null, null, null],
      ["false", null, null, null],
    ]);
  });

  it("counts the rows before a column's first appearance as missing", async () => {
    const many = `${'{"a": 1}\n'.repeat(20_000)}{"late": "x", "a": 2}\n`;
    const { rowCount, columns } = await profile(inChunks(many), jsonl);
    expect(rowCount).to.equal(20_001);
    expect(columns.map(({ name, missing, distinct }) => [name, missing, distinct])).to.deep.equal([
      ["a", 0, 2],
      ["late", 20_000, 1],
    ]);
  });

  it("profiles values as they would be in a CSV file", async () => {
    const values = ["1.50", "-2e3", "true", "false", '"yes"', "null", '" x "', '"?"', '"12 kg"', '"1"'];
    for (const value of values) {
      const cell = value.startsWith('"') ? (JSON.parse(value) as string) : value;
      const [fromJson] = (await profile(inChunks(`{"a": ${value}}\n{"a": 7}`), jsonl)).columns;
      const [fromCsv] = (await profile(inChunks(`a\n${cell}\n7\n`), csv)).columns;
      expect({ ...fromJson, examples: [] }, value).to.deep.equal({ ...fromCsv, examples: [] });
    }
  });

  it("keeps the digits of numbers that are too long to be exact", async () => {
    const content = '{"id": 12345678901234567890, "x": 1.0}\n{"id": 12345678901234567891, "x": 1e400}\n';
    expect((await read(content, jsonl)).rows).to.deep.equal([
      ["12345678901234567890", "1.0"],
      ["12345678901234567891", "1e400"],
    ]);
  });

  it("takes every line break, blank lines, a mark and UTF-16", async () => {
    const expected = { columns: ["ä"], rows: [["1"], ["2"]] };
    for (const lineBreak of ["\n", "\r\n", "\r"]) {
      const content = `${lineBreak} ${lineBreak}{"ä":1}${lineBreak}${lineBreak} \t{"ä":2} `;
      for (const marked of [content, `\ufeff${content}`, content + lineBreak])
        expect(await read(marked, jsonl)).to.deep.equal(expected);
      expect(await read(Buffer.from(`\ufeff${content}`, "utf16le"), jsonl)).to.deep.equal(expected);
    }
  });

  it("knows keys with escapes from each other, whatever was read before them", async () => {
    // Each of these keys makes V8 take later ones for it: nodejs/node#63785.
    const keys = ["\\", '"', '\\"', '"\\', "a\\", 'a"', "/"];
    const columns = (await read(keys.map((key) => lineOf([[key, 1]])).join("\n"), jsonl)).columns;
    expect(columns).to.deep.equal(keys);
    expect(await read(lineOf(keys.toReversed().map((key, at) => [key, at])), jsonl)).to.deep.equal({
      columns: keys.toReversed(),
      rows: [keys.map((_, at) => String(at))],
    });
  });

  it("says nothing of a header, which is in every line", async () => {
    expect((await read('{"a":1}', { ...jsonl, header: false })).columns).to.deep.equal(["a"]);
  });

  it("reads back every table that was written as JSON Lines, however the bytes are cut", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => !value.includes("\0"));
    // Within what is exact; the digits of larger numbers have a spec of their own.
    const number = fc.oneof(fc.double({ min: -1e15, max: 1e15 }), fc.constantFrom(NaN, Infinity));
    const value: fc.Arbitrary<Value> = fc.oneof(
      text,
      fc.constantFrom('a"b', "c\\", '{"x":1}', "a:b", '\\":', "\u2028"),
      number,
      fc.boolean(),
      fc.constant(null),
    );
    const name = fc.stringMatching(/^[a-z":\\{}0-9]{1,6}$/);
    const row = fc.uniqueArray(fc.tuple(name, value), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 200 }),
        async (rows, cut) => {
          const content = rows.map(lineOf).join("\n");
          const columns = [...new Set(rows.flatMap((pairs) => pairs.map(([key]) => key)))];
          const found = await readAll(inChunks(content, [cut]), { ...jsonl, knownColumns: columns });
          const again = await readTable(inChunks(content, [cut]), jsonl);
          for await (const batch of again.batches) expect(batch).to.not.have.length(0);
          expect(again.columns).to.deep.equal(columns);
          const expected = rows.map((pairs) => {
            const cells = new Map(pairs);
            return columns.map((column) => cellOf(cells.get(column) ?? null));
          });
          expect(found.rows).to.deep.equal(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  const refused: [
    what: string,
    content: string | Buffer,
    expected: Parameters<typeof refusal>[1],
    says: RegExp,
  ][] = [
    ["nothing", "", { code: "DATASET_EMPTY" }, /empty/],
    ["white space", " \n\n\t\n", { code: "DATASET_EMPTY" }, /empty/],
    ["objects without keys", "{}\n{}\n", { code: "DATASET_EMPTY" }, /No line names a column/],
    ["text", '{"a":1}\n\nhello\n', { code: "DATASET_JSON_INVALID", row: 3 }, /Line 3 is not valid JSON/],
    ["CSV", "a,b\n1,2\n", { code: "DATASET_JSON_INVALID", row: 1 }, /one object on a line/],
    ["an object cut short", '{"a":1}\n{"a":', { code: "DATASET_JSON_INVALID", row: 2 }, /not valid JSON/],
    ["two objects on a line", '{"a":1}{"a":2}', { code: "DATASET_JSON_INVALID", row: 1 }, /near character 8/],
    ["an array file", '[\n{"a":1},\n{"a":2}\n]\n', { code: "DATASET_JSON_INVALID", row: 1 }, /jq -c/],
    [
      "an array on a line",
      '[{"a":1},{"a":2}]',
      { code: "DATASET_JSON_INVALID", row: 1 },
      /holds a list.*jq -c/,
    ],
    ["an object over many lines", '{\n"a": 1\n}\n', { code: "DATASET_JSON_INVALID", row: 1 }, /jq -c/],
    ["a value alone", '{"a":1}\n3\n', { code: "DATASET_JSON_INVALID", row: 2 }, /single value/],
    ["null alone", "null", { code: "DATASET_JSON_INVALID", row: 1 }, /single value/],
    [
      "a list as a value",
      '{"a":1}\n{"a":1,"b":[1]}',
      { code: "DATASET_VALUE_NESTED", row: 2, column: "b" },
      /is a list/,
    ],
    [
      "an object as a value",
      '\n{"a":{"b":1}}',
      { code: "DATASET_VALUE_NESTED", row: 2, column: "a" },
      /is an object/,
    ],
    [
      "the same key twice",
      '{"a":"x:y","b":1,"a":2}',
      { code: "DATASET_DUPLICATE_COLUMN", row: 1, column: "a" },
      /twice/,
    ],
    [
      "the same key twice, once escaped",
      '{"a":1,"\\u0061":2}',
      { code: "DATASET_DUPLICATE_COLUMN", row: 1, column: "a" },
      /twice/,
    ],
    [
      "a key without a name",
      '{"a":1}\n{"":1}',
      { code: "DATASET_COLUMN_NAME_INVALID", row: 2, column: "column 2" },
      /no name/,
    ],
    [
      "a key with blanks at an end",
      '{" a":1}',
      { code: "DATASET_COLUMN_NAME_INVALID", row: 1 },
      /white space/,
    ],
    [
      "a key with a line break",
      '{"a\\nb":1}',
      { code: "DATASET_COLUMN_NAME_INVALID", row: 1 },
      /control character/,
    ],
    [
      "half a character in a key",
      '{"\\ud83d":1}',
      { code: "DATASET_COLUMN_NAME_INVALID", row: 1 },
      /half a character/,
    ],
    ["__proto__", '{"__proto__":1}', { code: "DATASET_COLUMN_NAME_INVALID", row: 1 }, /reserved/],
    [
      "half a character in a value",
      '{"a":"\\ud83d"}',
      { code: "DATASET_ENCODING", row: 1, column: "a" },
      /half a character/,
    ],
    ["an escaped NUL", '{"a":"\\u0000"}', { code: "DATASET_BINARY", row: 1, column: "a" }, /NUL/],
    ["a NUL byte", '{"a":1}\n{"a":"\0"}', { code: "DATASET_BINARY", row: 2 }, /NUL/],
    [
      "Latin-1",
      Buffer.from('{"a":1}\n{"a":"Müller"}', "latin1"),
      { code: "DATASET_ENCODING", row: 2 },
      /Latin-1/,
    ],
    ["gzip", Buffer.from("1f8b0800000000000003", "hex"), { code: "DATASET_BINARY" }, /gzip/],
    [
      "a huge line",
      `{"a":1}\n{"a":"${"x".repeat(1_100_000)}`,
      { code: "DATASET_ROW_TOO_LARGE", row: 2, limit: 2 ** 20 },
      /longer than 1 MiB/,
    ],
    ["a deep line", "[".repeat(500_000), { code: "DATASET_JSON_INVALID", row: 1 }, /not valid JSON/],
    [
      "a cell too long",
      `{"a":"${"x".repeat(65_537)}"}`,
      { code: "DATASET_CELL_TOO_LARGE", row: 1, column: "a", limit: 65_536 },
      /longer than/,
    ],
    [
      "a key too long",
      `{"${"x".repeat(129)}":1}`,
      { code: "DATASET_COLUMN_NAME_INVALID", row: 1 },
      /longer than 128/,
    ],
    [
      "too many columns on a line",
      `{${Array.from({ length: 2_001 }, (_, at) => `"c${at}":1`).join(",")}}`,
      { code: "DATASET_TOO_MANY_COLUMNS", row: 1, limit: 2_000 },
      /more than 2,000 columns/,
    ],
    [
      "a new column on every line",
      Array.from({ length: 2_001 }, (_, at) => `{"c${at}":1}`).join("\n"),
      { code: "DATASET_TOO_MANY_COLUMNS", row: 2_001, limit: 2_000 },
      /Up to line 2001/,
    ],
  ];
  for (const [what, content, expected, says] of refused)
    it(`refuses ${what}, with its place`, async () => {
      expect(await refusal(read(content, jsonl), expected)).to.match(says);
    });

  it("refuses rows and bytes over the limit", async () => {
    const content = '{"a":1}\n\n{"a":2}\n{"a":3}\n';
    await refusal(read(content, { ...jsonl, limits: { rows: 2 } }), {
      code: "DATASET_TOO_MANY_ROWS",
      row: 4,
      limit: 2,
    });
    await refusal(read(content, { ...jsonl, limits: { bytes: 10 } }), {
      code: "DATASET_TOO_LARGE",
      limit: 10,
    });
  });

  it("refuses more cells than the limit, left-out ones too", async () => {
    const content = '{"a":1,"b":2}\n{}\n{}\n';
    expect((await read(content, { ...jsonl, limits: { cells: 6 } })).columns).to.have.length(2);
    await refusal(read(content, { ...jsonl, limits: { cells: 5 } }), {
      code: "DATASET_TOO_LARGE",
      row: 3,
      limit: 5,
    });
  });

  it("hands rows on in batches of few cells, however many columns short lines have", async () => {
    const wide = lineOf(Array.from({ length: 2_000 }, (_, index) => [`c${index}`, index]));
    const table = await readTable(inChunks(`${wide}\n${"{}\n".repeat(2_000)}`), jsonl);
    const lengths: number[] = [];
    for await (const batch of table.batches) lengths.push(batch.length);
    expect(Math.max(...lengths)).to.be.below(40);
    expect(lengths.reduce((sum, length) => sum + length, 0)).to.equal(2_001);
  });

  it("closes its source when nobody wants the rows, and when the loop is left", async () => {
    let closed = 0;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('{"a":1}\n'.repeat(1_000));
      } finally {
        closed++;
      }
    };
    await (await readTable(source(), jsonl)).close();
    expect(closed).to.equal(1);
    for await (const _ of (await readTable(source(), jsonl)).batches) break;
    expect(closed).to.equal(2);
  });
});
