import { Readable } from "node:stream";
import { expect } from "chai";
import { unzipSync } from "fflate";
import type { ExportFile } from "../../../../src/rooms/learning/exchange/export-file.js";
import { zipped } from "../../../../src/rooms/learning/exchange/zip.js";

const pieces = async (files: ExportFile[]): Promise<Uint8Array[]> =>
  Readable.from(zipped(files, new Date("2026-01-02T03:04:06"))).toArray();
const archive = async (files: ExportFile[]): Promise<Buffer> => Buffer.concat(await pieces(files));

describe("learning: archive of an export", () => {
  const large = Uint8Array.from({ length: 700_001 }, (_, at) => (at * 31) % 251);
  const files = [
    { name: "a.bin", parts: [large, Uint8Array.of(1, 2), large] },
    { name: "empty.txt", parts: [] },
    { name: "größe.json", parts: [Buffer.from("{}")] },
  ];

  it("is unpacked to what was packed", async () => {
    const unpacked = unzipSync(await archive(files));
    expect(Object.keys(unpacked)).to.deep.equal(files.map(({ name }) => name));
    for (const { name, parts } of files)
      expect(Buffer.concat(parts).equals(unpacked[name] ?? new Uint8Array()), name).to.equal(true);
  });

  it("has the same bytes for the same files, and leaves these alone", async () => {
    const before = Buffer.from(large);
    expect((await archive(files)).equals(await archive(files))).to.equal(true);
    expect(before.equals(large)).to.equal(true);
  });

  it("comes in pieces, so that a reader that is slow holds up no more than one", async () => {
    const all = await pieces(files);
    expect(Math.max(...all.map(({ length }) => length))).to.be.at.most(256 * 1024);
  });
});
