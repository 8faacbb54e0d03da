import { expect } from "chai";
import { inBytes } from "../../../../src/rooms/datasets/reading/limits.js";
import { csv, inChunks, read, readAll, refusal } from "./support.js";

describe("datasets: limits", () => {
  it("bytes of the file", async () => {
    const limits = { bytes: 12 };
    expect((await read("a,b\n1,2\n3,4\n", { ...csv, limits })).rows).to.have.length(2);
    await refusal(read("a,b\n1,2\n3,4\n5", { ...csv, limits }), { code: "DATASET_TOO_LARGE", limit: 12 });
  });

  it("rows, at the first row too many", async () => {
    const limits = { rows: 2 };
    expect((await read("a\n1\n2\n", { ...csv, limits })).rows).to.have.length(2);
    await refusal(read("a\n1\n\n2\n3\n4\n", { ...csv, limits }), {
      code: "DATASET_TOO_MANY_ROWS",
      row: 5,
      limit: 2,
    });
  });

  it("columns, at the row that names them", async () => {
    const limits = { columns: 3 };
    expect((await read("a,b,c\n1,2,3\n", { ...csv, limits })).columns).to.have.length(3);
    await refusal(read("\na,b,c,d\n1,2,3,4\n", { ...csv, limits }), {
      code: "DATASET_TOO_MANY_COLUMNS",
      row: 2,
      limit: 3,
    });
    expect((await read('"a,b,c,d,e",b\n1,2\n', { ...csv, limits })).columns).to.have.length(2);
  });

  it("a million columns, named or not, are refused in the first block", async () => {
    const named = Array.from({ length: 1_000_000 }, (_, index) => `column${index}`).join(",");
    for (const content of [named, ",".repeat(1_000_000), `${named}\n${named}\n`]) {
      let taken = 0;
      const counted = (async function* () {
        for await (const chunk of inChunks(content, [10_000])) {
          taken += chunk.length;
          yield chunk;
        }
      })();
      await refusal(readAll(counted), { code: "DATASET_TOO_MANY_COLUMNS", row: 1, limit: 2_000 });
      expect(taken).to.be.lessThan(100_000);
    }
  });

  it("the length of a cell, with its place", async () => {
    const limits = { cellLength: 5 };
    expect((await read("a,b\n12345,1\n", { ...csv, limits })).rows).to.have.length(1);
    const expected = { code: "DATASET_CELL_TOO_LARGE", row: 3, column: "b", limit: 5 };
    await refusal(read("a,b\n1,2\n1,123456\n", { ...csv, limits }), expected);
    await refusal(read(`a,b\n1,2\n3,"${"x".repeat(70_000)}"\n`), { ...expected, limit: 65_536 });
  });

  it("the length of a row, whether or not it ends", async () => {
    const expected = { code: "DATASET_ROW_TOO_LARGE", row: 2, limit: 1024 * 1024 };
    const long = Array.from({ length: 100 }, () => "x".repeat(20_000)).join(",");
    await refusal(read(`a\n${long}`), expected);
    await refusal(read(`a\n${long}\n1\n`), expected);
    await refusal(read("abcdef\n1\n", { ...csv, limits: { rowBytes: 4 } }), {
      ...expected,
      row: 1,
      limit: 4,
    });
  });

  it("are named in words", () => {
    expect([inBytes(65_536), inBytes(1_048_576), inBytes(1500)]).to.deep.equal([
      "64 KiB",
      "1 MiB",
      "1,500 bytes",
    ]);
  });
});
