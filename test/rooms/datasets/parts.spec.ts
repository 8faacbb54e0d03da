import { PassThrough } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { newId } from "../../../src/kernel/clock.js";
import { sha256 } from "../../../src/kernel/crypto.js";
import type { TenfoldError } from "../../../src/kernel/errors.js";
import type { HttpError } from "../../../src/kernel/http/http-error.js";
import { UploadBody } from "../../../src/rooms/datasets/upload-body.js";
import { takeIn } from "../../../src/rooms/datasets/intake.js";
import { pack, pieceBytes, unpack } from "../../../src/rooms/datasets/packing.js";
import { UploadSlots } from "../../../src/rooms/datasets/upload-slots.js";
import {
  formatUploadToken,
  newUploadSecret,
  parseUploadToken,
} from "../../../src/rooms/datasets/upload-token.js";
import { inChunks } from "./reading/support.js";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as TenfoldError).code;
  }
};

describe("datasets: the token of an upload URL", () => {
  it("reads back what it was made of, within what the router takes", () => {
    const token = { tenantId: newId("tenant"), datasetId: newId("dataset"), secret: newUploadSecret() };
    const text = formatUploadToken(token);
    expect(text).to.have.length.at.most(100);
    expect(parseUploadToken(text)).to.deep.equal(token);
  });

  it("reads nothing from any other text", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => parseUploadToken(text) === null && parseUploadToken(`tup_${text}`) === null,
      ),
    );
  });
});

describe("datasets: places for uploads", () => {
  it("gives one tenant its share and all tenants the whole, and takes places back", () => {
    const slots = new UploadSlots(3, 2);
    const free = [slots.take("a"), slots.take("a")];
    expect(codeOf(() => slots.take("a"))).to.equal("RATE_LIMITED");
    free.push(slots.take("b"));
    expect(codeOf(() => slots.take("c"))).to.equal("UNAVAILABLE");
    for (const give of free) give();
    expect(["c", "c", "d"].map((tenant) => codeOf(() => slots.take(tenant)))).to.deep.equal([
      "none",
      "none",
      "none",
    ]);
  });
});

describe("datasets: a body on its way", () => {
  const failureOf = async (body: UploadBody): Promise<HttpError> => {
    const options = { format: "CSV", header: true, signal: body.signal } as const;
    return takeIn(body.chunks(), options, (packed) => packed).then(
      () => expect.fail("nothing was refused"),
      (error: HttpError) => error,
    );
  };

  it("gives up on a sender that stops", async () => {
    const stream = new PassThrough();
    stream.write("a,b\n1,2\n");
    const body = new UploadBody(stream, { intervalMs: 20, bytes: 1 });
    expect(await failureOf(body)).to.include({ statusCode: 408, code: "BAD_USER_INPUT" });
    body.close();
    stream.destroy();
  });

  it("gives up on a sender that drips", async () => {
    const stream = new PassThrough();
    stream.write("a\n");
    const drip = setInterval(() => stream.write("1\n"), 5);
    const body = new UploadBody(stream, { intervalMs: 50, bytes: 1_000 });
    expect(await failureOf(body)).to.include({ statusCode: 408 });
    clearInterval(drip);
    body.close();
    stream.destroy();
  });

  it("says so when the sender breaks off, and leaves a stream open that is read no further", async () => {
    const broken = new PassThrough();
    broken.write("a\n1\n");
    setImmediate(() => broken.destroy());
    const pace = { intervalMs: 60_000, bytes: 1 };
    const body = new UploadBody(broken, pace);
    expect(await failureOf(body)).to.include({ statusCode: 400 });
    body.close();
    const bad = new PassThrough();
    bad.end("a,a\n1,2\n");
    const second = new UploadBody(bad, pace);
    expect((await failureOf(second)).code).to.equal("DATASET_DUPLICATE_COLUMN");
    second.close();
    expect(bad.errored).to.equal(null);
  });
});

describe("datasets: taking a file in", () => {
  it("keeps the same pieces however the bytes arrive", async () => {
    const content = `a,b\n${"1,two\n".repeat(400_000)}`;
    const take = async (lengths: number[]) => {
      const positions: number[] = [];
      const seal = (packed: Buffer, position: number): Buffer => {
        positions.push(position);
        return packed;
      };
      return {
        ...(await takeIn(inChunks(content, lengths), { format: "CSV", header: true }, seal)),
        positions,
      };
    };
    const [whole, cut] = [await take([content.length]), await take([1, 65_537, 300_000])];
    expect(cut).to.deep.equal(whole);
    expect(whole).to.deep.include({
      sizeBytes: content.length,
      sha256: sha256(content),
      positions: [0, 1, 2],
    });
    const plain = await Promise.all(whole.pieces.map((piece) => unpack(piece)));
    expect(plain.map(({ length }) => length)).to.deep.equal([
      pieceBytes,
      pieceBytes,
      content.length - 2 * pieceBytes,
    ]);
    expect(Buffer.concat(plain).toString() === content).to.equal(true);
  });

  it("opens no more than one piece of what was packed", async () => {
    const tooMuch = await pack(Buffer.alloc(pieceBytes + 1));
    const error = await unpack(tooMuch).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RangeError);
  });
});
