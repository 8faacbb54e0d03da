import { expect } from "chai";
import { csv, read, readAll, realData, refusal, tsv } from "./support.js";

describe("datasets: reading a table", () => {
  it("gives column names, then rows with null for what is missing", async () => {
    const table = await read("name, age \nAda,36\n, NA\nBob,?\n");
    expect(table.columns).to.deep.equal(["name", "age"]);
    expect(table.rows).to.deep.equal([
      ["Ada", "36"],
      [null, null],
      ["Bob", null],
    ]);
  });

  it("keeps quoted separators, line breaks, quotes and outer spaces", async () => {
    const { rows } = await read('a,b\n"1,5","line 1\nline 2"\n"say ""hi""", x \n"","\r\n"\n');
    expect(rows).to.deep.equal([
      ["1,5", "line 1\nline 2"],
      ['say "hi"', " x "],
      [null, null],
    ]);
  });

  for (const [name, lineBreak] of [
    ["LF", "\n"],
    ["CR LF", "\r\n"],
    ["CR", "\r"],
  ] as const) {
    it(`takes ${name} as line break, with and without one at the end`, async () => {
      const expected = [
        ["1", "2"],
        ["3", "4"],
      ];
      const content = ["a,b", "1,2", '"3",4'].join(lineBreak);
      expect((await read(content)).rows).to.deep.equal(expected);
      expect((await read(content + lineBreak)).rows).to.deep.equal(expected);
    });
  }

  it("skips blank lines and lines of white space where there are several columns", async () => {
    const { columns, rows } = await read("\n  \na,b\n\n1,2\n   \n\n3,4\n\n\n");
    expect(columns).to.deep.equal(["a", "b"]);
    expect(rows).to.deep.equal([
      ["1", "2"],
      ["3", "4"],
    ]);
  });

  it("takes a quoted nothing, not a blank line, as the missing cell of a single column", async () => {
    expect((await read('a\n1\n\n""\nNA\n2\n')).rows).to.deep.equal([["1"], [null], [null], ["2"]]);
  });

  it("keeps a row whose cells are all missing", async () => {
    expect((await read("a,b\n,\n1,2")).rows).to.deep.equal([
      [null, null],
      ["1", "2"],
    ]);
  });

  it("knows no quotes in TSV", async () => {
    const { rows } = await read('a\tb\n"\tsay "hi"\n5" pipe\tx,y\n', tsv);
    expect(rows).to.deep.equal([
      ['"', 'say "hi"'],
      ['5" pipe', "x,y"],
    ]);
  });

  it("numbers the columns of a file without header", async () => {
    const { columns, rows } = await read("1,2,x\n3,4,y\n", { ...csv, header: false });
    expect(columns).to.deep.equal(["c0", "c1", "c2"]);
    expect(rows).to.deep.equal([
      ["1", "2", "x"],
      ["3", "4", "y"],
    ]);
  });

  it("treats upper and lower case, and names of object members, as names like others", async () => {
    const { columns } = await read("Age,age,constructor,größe,年齢\n1,2,3,4,5");
    expect(columns).to.deep.equal(["Age", "age", "constructor", "größe", "年齢"]);
  });

  it("reads the real data sets to the last row", async () => {
    const shapes: [name: string, header: boolean, rows: number, columns: number][] = [
      ["penguins.csv", true, 344, 7],
      ["titanic.csv", true, 891, 15],
      ["digits-8x8.csv", true, 1797, 65],
      ["diabetes.csv", true, 442, 11],
      ["mpg.csv", true, 398, 9],
      ["sonar.csv", false, 208, 61],
      ["sms-spam.tsv", false, 5574, 2],
    ];
    for (const [name, header, rowCount, columnCount] of shapes) {
      const table = await readAll(realData(name), { format: name.endsWith(".tsv") ? "TSV" : "CSV", header });
      expect([table.rows.length, table.columns.length], name).to.deep.equal([rowCount, columnCount]);
      expect(
        table.rows.every((row) => row.length === columnCount),
        name,
      ).to.equal(true);
    }
  });

  it("keeps the stray quotes of the SMS collection", async () => {
    const { rows } = await readAll(realData("sms-spam.tsv"), { ...tsv, header: false });
    expect(rows.filter(([, text]) => text?.includes('"')).length).to.be.greaterThan(100);
    expect(new Set(rows.map(([label]) => label))).to.deep.equal(new Set(["ham", "spam"]));
  });

  it("says that the first line looks like data when it is taken as a header", async () => {
    const twice = await refusal(read("1,2,1\n3,4,5\n"), {
      code: "DATASET_DUPLICATE_COLUMN",
      row: 1,
      column: "1",
    });
    expect(twice).to.contain("header: false");
  });
});
