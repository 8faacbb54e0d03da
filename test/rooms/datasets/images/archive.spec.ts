import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import { DecoderPool, ImageFault } from "../../../../src/kernel/images/index.js";
import {
  type ImageLimits,
  imageLimits,
  PieceReader,
  type ReadImage,
  readImages,
} from "../../../../src/rooms/datasets/images/index.js";
import { pieceBytes } from "../../../../src/rooms/datasets/packing.js";
import { altered, folders, grey, jpg, png, rawPng, zip } from "./support.js";

describe("images: reading archives", () => {
  const decoders = new DecoderPool({ threads: 1, deadlineMs: 20_000, heapMegabytes: 256 });
  after(() => decoders.close());

  const reader = (archive: Buffer): PieceReader =>
    new PieceReader(archive.length, async (position) =>
      archive.subarray(position * pieceBytes, (position + 1) * pieceBytes),
    );

  async function read(
    archive: Buffer,
    limits: Partial<ImageLimits> = {},
    signal?: AbortSignal,
  ): Promise<ReadImage[]> {
    const images: ReadImage[] = [];
    for await (const image of readImages(
      reader(archive),
      decoders,
      { kind: "facts" },
      { ...imageLimits, ...limits },
      signal,
    ))
      images.push(image);
    return images;
  }
  /** About a megabyte that no compression makes smaller. */
  const noise = (): Buffer =>
    rawPng({
      width: 1_024,
      height: 1_024,
      depth: 8,
      colour: 0,
      lines: randomBytes(1_025 * 1_024).map((byte, at) => (at % 1_025 === 0 ? 0 : byte)) as Buffer,
    });
  const refusal = async (archive: Buffer, limits: Partial<ImageLimits> = {}): Promise<string> => {
    const error = await read(archive, limits).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(TenfoldError);
    return (error as TenfoldError).code;
  };

  it("keeps the archive's order", async () => {
    const files = folders(30);
    expect((await read(zip(files))).map(({ file }) => file)).to.deep.equal(Object.keys(files));
  });

  it("refuses at each limit, and takes what just keeps it", async () => {
    const files = { "a/1.png": grey(1), "b/2.png": grey(2) };
    const archive = zip(files);
    const sizes = Object.values(files).map(({ length }) => length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const limits: [limit: Partial<ImageLimits>, below: Partial<ImageLimits>, code: string][] = [
      [{ entries: 2 }, { entries: 1 }, "DATASET_ARCHIVE_TOO_LARGE"],
      [
        { entryBytes: Math.max(...sizes) },
        { entryBytes: Math.max(...sizes) - 1 },
        "DATASET_ARCHIVE_TOO_LARGE",
      ],
      [{ totalBytes: total }, { totalBytes: total - 1 }, "DATASET_ARCHIVE_TOO_LARGE"],
      [{ totalPixels: 128 }, { totalPixels: 127 }, "DATASET_ARCHIVE_TOO_LARGE"],
      [{ side: 8 }, { side: 7 }, "DATASET_IMAGE_TOO_LARGE"],
      [{ pixels: 64 }, { pixels: 63 }, "DATASET_IMAGE_TOO_LARGE"],
      [{ nameLength: 7 }, { nameLength: 6 }, "DATASET_ARCHIVE_UNSAFE"],
      [{ labelLength: 1 }, { labelLength: 0 }, "DATASET_IMAGE_LABEL"],
    ];
    for (const [limit, below, code] of limits) {
      expect(await read(archive, limit), JSON.stringify(limit)).to.have.lengthOf(2);
      expect(await refusal(archive, below), JSON.stringify(below)).to.equal(code);
    }
  });

  it("refuses names and labels that turn the text around, and shows none of that", async () => {
    const names = { "a\u202e/1.png": grey(1), "b/2.png": grey(2) };
    expect(await refusal(zip(names))).to.equal("DATASET_ARCHIVE_UNSAFE");
    const labelled = {
      "labels.csv": Buffer.from("file,label\n1.png,cat\n2.png,\u2066god\n"),
      "1.png": grey(1),
      "2.png": grey(2),
    };
    expect(await refusal(zip(labelled))).to.equal("DATASET_IMAGE_LABEL");
    const told = await read(zip(names)).catch((error: unknown) => JSON.stringify(error));
    expect(told).to.be.a("string").that.contains("a?/1.png").and.does.not.contain("\u202e");
  });

  it("holds no file whose packed bytes are beyond the limit, however small it says it unpacks", async () => {
    const archive = zip({ "a/1.png": randomBytes(1_000), ...folders(2) });
    const lying = altered(archive, "a/1.png", (record) => record.writeUInt32LE(1, 24));
    expect(await refusal(lying)).to.equal("DATASET_ARCHIVE_INVALID");
    expect(await refusal(lying, { entryBytes: 900 })).to.equal("DATASET_ARCHIVE_TOO_LARGE");
  });

  it("replaces a thread that takes too long, and refuses the image that held it", async () => {
    const hasty = new DecoderPool({ threads: 1, deadlineMs: 1, heapMegabytes: 64 });
    const large = png(2_000, 2_000, (x, y) => [x & 255, y & 255, 0]);
    const limits = { side: 4_096, pixels: 2 ** 24 };
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => hasty.decode(large, { kind: "facts" }, limits)),
    );
    for (const outcome of outcomes)
      expect(outcome.status === "rejected" && outcome.reason).to.be.instanceOf(ImageFault);
    await hasty.close();
  });

  it("stops at once when told, and reads on for others", async () => {
    const archive = zip(folders(20));
    const told = new Error("enough");
    const error = await read(archive, {}, AbortSignal.abort(told)).catch((thrown: unknown) => thrown);
    expect(error).to.equal(told);
    expect(await read(archive)).to.have.lengthOf(20);
  });

  it("answers a broken storage as such, and not as a bad archive", async () => {
    const archive = zip(folders(2));
    const broken = Object.assign(new Error("no connection"), { code: "ECONNRESET" });
    // Broken from the start, and once a file is read after the list of contents.
    const large = zip({
      ...folders(2),
      "cat/a.png": [noise(), { level: 0 }],
      "cat/b.png": [noise(), { level: 0 }],
    });
    expect(large.length).to.be.greaterThan(2 * pieceBytes);
    for (const [bytes, brokenPiece] of [
      [archive, 0],
      [large, 1],
    ] as const) {
      const piece = (position: number): Buffer =>
        bytes.subarray(position * pieceBytes, (position + 1) * pieceBytes);
      const failing = new PieceReader(bytes.length, async (position) => {
        if (position === brokenPiece) throw broken;
        return piece(position);
      });
      const reading = (async () => {
        for await (const _ of readImages(failing, decoders, { kind: "facts" }, imageLimits));
      })();
      expect(await reading.catch((thrown: unknown) => thrown)).to.equal(broken);
    }
  });

  it("reads or refuses whatever it is given, byte by byte altered", async () => {
    const original = zip({
      ...folders(3),
      "dog/x.jpg": jpg(8, 8, () => [9, 9, 9]),
      "labels.csv": Buffer.from("file,label\ncat/0.png,a\ndog/1.png,b\ncat/2.png,a\ndog/x.jpg,b\n"),
    });
    const changes = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(original.length), async (altering, length) => {
        const archive = Buffer.from(original.subarray(0, length % 3 === 0 ? length : original.length));
        for (const [place, value] of altering) if (place < archive.length) archive[place] = value;
        const outcome = await read(archive).catch((thrown: unknown) => thrown);
        if (!Array.isArray(outcome)) expect(outcome).to.be.instanceOf(TenfoldError);
      }),
      { numRuns: 300 },
    );
  });

  it("follows no record to bytes outside the archive", async () => {
    const archive = zip(folders(2));
    const outside = altered(archive, "cat/0.png", (record) => record.writeUInt32LE(2 ** 31, 42));
    expect(await refusal(outside)).to.equal("DATASET_ARCHIVE_INVALID");
  });
});
