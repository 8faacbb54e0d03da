import { expect } from "chai";
import { csv, read, readAll, refusal, tsv } from "./support.js";

describe("datasets: refused content", () => {
  it("an empty file, white space alone, a header alone", async () => {
    for (const content of ["", " ", "\n", "\r\n \n\t\n", "\ufeff", "\ufeff\n"]) {
      await refusal(read(content), { code: "DATASET_EMPTY" });
      await refusal(read(content, { ...csv, header: false }), { code: "DATASET_EMPTY" });
    }
    await refusal(read("a,b"), { code: "DATASET_EMPTY", row: 1 });
    const message = await refusal(read("a,b\n\n\n"), { code: "DATASET_EMPTY" });
    expect(message).to.contain("header and no rows");
  });

  it("a row with too few or too many cells, by the line it stands in", async () => {
    await refusal(read("a,b\n1,2\n3\n"), { code: "DATASET_RAGGED_ROW", row: 3, expected: 2, found: 1 });
    await refusal(read("a,b\n1,2,3\n"), { code: "DATASET_RAGGED_ROW", row: 2, expected: 2, found: 3 });
    await refusal(read("a\n1\n2,\n"), { code: "DATASET_RAGGED_ROW", row: 3, expected: 1, found: 2 });
    await refusal(read("a\tb\n1\n", tsv), { code: "DATASET_RAGGED_ROW", row: 2, expected: 2, found: 1 });
    const wide = `a,b\n1,2\n${",".repeat(50_000)}\n`;
    await refusal(read(wide), { code: "DATASET_RAGGED_ROW", row: 3 });
  });

  it("counts blank lines, quoted line breaks and CR LF as an editor does", async () => {
    const ragged = { code: "DATASET_RAGGED_ROW", expected: 2, found: 1 };
    await refusal(read('a,b\n\n"1\n\n2",3\n\nx\n'), { ...ragged, row: 7 });
    await refusal(read('a,b\r\n\r\n"1\r\n\r\n2",3\r\n\r\nx\r\n'), { ...ragged, row: 7 });
    await refusal(read('a,b\r\r"1\r\r2",3\r\rx\r'), { ...ragged, row: 7 });
  });

  it("a column name that appears twice", async () => {
    const message = await refusal(read("a,b, a\n1,2,3\n"), {
      code: "DATASET_DUPLICATE_COLUMN",
      row: 1,
      column: "a",
    });
    expect(message).to.contain("Columns 1 and 3").and.not.contain("header: false");
    await refusal(read("\n\nx,x\n1,2\n"), { code: "DATASET_DUPLICATE_COLUMN", row: 3 });
  });

  it("a column name that is empty, too long, reserved or holds control characters", async () => {
    const names = ["", "  ", "x".repeat(129), '"x\ny"', "x\u0007y", "x\u2028y", "__proto__"];
    for (const name of names) {
      const expected = { code: "DATASET_COLUMN_NAME_INVALID", row: 1, column: "column 2" };
      await refusal(read(`a,${name}\n1,2\n`), expected);
    }
    expect((await read(`${"x".repeat(128)}\n1`)).columns[0]).to.have.length(128);
  });

  it("a quote that nothing closes, at the row that opens it", async () => {
    const message = await refusal(read('a,b\n1,2\n3,"4\n5,6\n7,8\n'), {
      code: "DATASET_QUOTE",
      row: 3,
      column: "column 2",
    });
    expect(message).to.contain("nothing closes");
    await refusal(read('a,"b\n1,2\n'), { code: "DATASET_QUOTE", row: 1 });
  });

  it("a quote inside a cell and text after a closing quote", async () => {
    await refusal(read('a,b\n1,2\n3,5" pipe\n4,5\n'), { code: "DATASET_QUOTE", row: 3, column: "column 2" });
    await refusal(read('a,b\n"1"x,2\n'), { code: "DATASET_QUOTE", row: 2, column: "column 1" });
    await refusal(read('a,b\n1, "2"\n'), { code: "DATASET_QUOTE", row: 2, column: "column 2" });
  });

  it("an open quote far into a large file, without reading the rest of it", async () => {
    let taken = 0;
    async function* endless() {
      yield Buffer.from('a,b\n1,"2\n');
      for (;;) {
        taken += 65_536;
        yield Buffer.from("3,4\n".repeat(16_384));
      }
    }
    await refusal(readAll(endless()), { code: "DATASET_QUOTE", row: 2 });
    expect(taken).to.be.lessThan(2 * 1024 * 1024);
  });
});
