import { expect } from "chai";
import { csv, inChunks, read, readAll, realData, refusal } from "./support.js";

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

describe("datasets: encodings", () => {
  const text = "name,größe\nZoë,1 €\n日本,😀\n";
  const rows = [
    ["Zoë", "1 €"],
    ["日本", "😀"],
  ];

  it("reads UTF-8 with and without byte-order mark", async () => {
    expect(await read(text)).to.deep.equal({ columns: ["name", "größe"], rows });
    expect(await read(`\ufeff${text}`)).to.deep.equal({ columns: ["name", "größe"], rows });
    expect((await read('\ufeff"a,b"\n1\n')).columns).to.deep.equal(["a,b"]);
  });

  it("reads UTF-16 with byte-order mark, cut anywhere", async () => {
    for (const bigEndian of [false, true]) {
      for (const length of [1, 2, 3, 65_536]) {
        const table = await readAll(inChunks(utf16(text, bigEndian), [length]));
        expect(table).to.deep.equal({ columns: ["name", "größe"], rows });
      }
    }
  });

  it("does not take UTF-16 of Latin letters for binary when it has its mark", async () => {
    for (const bigEndian of [false, true]) {
      expect(await read(utf16("a,b\n1,2\n", bigEndian))).to.deep.equal({
        columns: ["a", "b"],
        rows: [["1", "2"]],
      });
    }
  });

  it("reads UTF-16 of many blocks, a surrogate pair on every cut", async () => {
    const { rows } = await read(utf16(`ab\n${"😀\n".repeat(60_000)}`));
    expect(rows).to.have.length(60_000);
    expect(rows.every(([cell]) => cell === "😀")).to.equal(true);
  });

  it("refuses Latin-1 by the line of the first such byte, and shows what it would be", async () => {
    const latin1 = Buffer.from("name,city\nAda,Lond\nJosé,León\n", "latin1");
    const message = await refusal(read(latin1), { code: "DATASET_ENCODING", row: 3, byte: "0xE9" });
    expect(message).to.contain("“é”").and.contain("Save the file as UTF-8");
    const windows = Buffer.from([...Buffer.from('a,b\n1,"x\ny'), 0x80, ...Buffer.from('"\n')]);
    expect(await refusal(read(windows), { code: "DATASET_ENCODING", row: 3, byte: "0x80" })).to.contain(
      "“€”",
    );
    const end = Buffer.from("größe,a\n1,caf\u00e9", "utf8").subarray(0, -1);
    await refusal(read(end), { code: "DATASET_ENCODING", row: 2, byte: "0xC3" });
    await refusal(read(Buffer.from("größe\n1\n", "latin1")), {
      code: "DATASET_ENCODING",
      row: 1,
      byte: "0xF6",
    });
  });

  it("finds a Latin-1 byte far into a file", async () => {
    const content = Buffer.concat([
      Buffer.from(`a,b\n${"1,é\n".repeat(50_000)}`),
      Buffer.from("2,\xfcx\n", "latin1"),
    ]);
    await refusal(read(content), { code: "DATASET_ENCODING", row: 50_002, byte: "0xFC" });
  });

  it("finds a Latin-1 byte in a quoted cell that began some blocks before", async () => {
    const content = Buffer.from(`a,b\n1,"${"\n".repeat(200_000)}\xfc",2\n`, "latin1");
    await refusal(read(content), { code: "DATASET_ENCODING", row: 200_002, byte: "0xFC" });
  });

  it("refuses broken UTF-16 and UTF-16 without byte-order mark", async () => {
    await refusal(read(utf16("a,b\n1,2\n").subarray(0, -1)), { code: "DATASET_ENCODING" });
    await refusal(read(utf16("a,b\n1,\ud800x\n")), { code: "DATASET_ENCODING", row: 1 });
    const message = await refusal(read(Buffer.from("a,b\n1,2\n", "utf16le")), {
      code: "DATASET_ENCODING",
      row: 1,
    });
    expect(message).to.contain("UTF-16");
  });
});

describe("datasets: binary files", () => {
  it("refuses known formats by name, whatever cuts the first bytes apart", async () => {
    const starts: [start: string, format: string][] = [
      ["PK\x03\x04\x14\0\x06\0[Content_Types].xml", "xlsx"],
      ["PK\x03\x04\x14\0data.csv", "zip"],
      ["\x1f\x8b\x08\0", "gzip"],
      ["PAR1\x15\x04", "Parquet"],
      ["%PDF-1.7\n", "PDF"],
      ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"],
      ["\x89PNG\r\n\x1a\n", "PNG"],
    ];
    for (const [start, format] of starts) {
      const work = readAll(inChunks(Buffer.from(`${start}\nmore`, "latin1"), [1]));
      expect(await refusal(work, { code: "DATASET_BINARY" })).to.contain(format);
    }
  });

  it("refuses a NUL byte by its line, at the start and far into a file", async () => {
    await refusal(read("a,b\n1,2\n3,\0\n"), { code: "DATASET_BINARY", row: 3 });
    await refusal(read('a,b\n"1\n\0",2\n'), { code: "DATASET_BINARY", row: 3 });
    await refusal(read(`a,b\n${"1,2\n".repeat(50_000)}\0\n`), { code: "DATASET_BINARY", row: 50_002 });
  });

  it("takes a header that only begins like a format", async () => {
    for (const name of ["PAR1", "BZh9", "PK", "Obj", "ARROW1"]) {
      expect((await read(`${name},b\n1,2\n`)).columns).to.deep.equal([name, "b"]);
    }
  });

  it("refuses real data compressed with gzip", async () => {
    const { createGzip } = await import("node:zlib");
    const { Readable } = await import("node:stream");
    const compressed = Readable.from(realData("penguins.csv")).pipe(createGzip());
    await refusal(readAll(compressed, csv), { code: "DATASET_BINARY", format: "gzip" });
  });
});
