import { PassThrough } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { newId } from "../../../src/kernel/clock.js";
import { sha256 } from "../../../src/kernel/crypto.js";
import type { TenfoldError } from "../../../src/kernel/errors.js";
import type { HttpError } from "../../../src/kernel/http/http-error.js";
import { UploadBody } from "../../../src/kernel/uploads/body.js";
import { takeIn } from "../../../src/rooms/datasets/intake.js";
import { pack, pieceBytes, unpack } from "../../../src/rooms/datasets/packing.js";
import { Arrivals, type Pace, uploadPaces } from "../../../src/kernel/uploads/pace.js";
import { UploadSlots } from "../../../src/kernel/uploads/slots.js";
import { newUploadSecret } from "../../../src/kernel/uploads/token.js";
import { datasetTokens } from "../../../src/rooms/datasets/upload-token.js";
import { inChunks } from "./reading/support.js";

describe("datasets: the token of an upload URL", () => {
  it("reads back what it was made of, within what the router takes", () => {
    const token = { tenantId: newId("tenant"), id: newId("dataset"), secret: newUploadSecret() };
    const text = datasetTokens.format(token);
    expect(text).to.have.length.at.most(100);
    expect(datasetTokens.parse(text)).to.deep.equal(token);
  });

  it("reads nothing from any other text", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => datasetTokens.parse(text) === null && datasetTokens.parse(`tup_${text}`) === null,
      ),
    );
  });
});

describe("datasets: places for uploads", () => {
  const outcome = (taking: Promise<unknown>): Promise<string> =>
    taking.then(
      () => "taken",
      (error: TenfoldError) => error.code,
    );

  it("gives one tenant its share and all tenants the whole, and takes places back", async () => {
    const slots = new UploadSlots({ most: 3, mostForOne: 2, waitMs: 5 });
    const free = [await slots.take("a"), await slots.take("a")];
    expect(await outcome(slots.take("a"))).to.equal("RATE_LIMITED");
    free.push(await slots.take("b"));
    expect(await outcome(slots.take("c"))).to.equal("UNAVAILABLE");
    for (const give of free) give();
    const again = ["c", "c", "d"].map((tenant) => outcome(slots.take(tenant)));
    expect(await Promise.all(again)).to.deep.equal(["taken", "taken", "taken"]);
  });

  it("hands a place on to who has waited longest, and is crowded until then", async () => {
    const slots = new UploadSlots({ most: 1, mostForOne: 2, waitMs: 60_000 });
    const order: string[] = [];
    let give = await slots.take("a");
    expect(slots.crowded).to.equal(false);
    const waiting = ["b", "c"].map(async (tenant) => {
      const own = await slots.take(tenant);
      order.push(tenant);
      return own;
    });
    expect(slots.crowded).to.equal(true);
    for (const next of waiting) {
      give();
      give = await next;
    }
    expect(order).to.deep.equal(["b", "c"]);
    expect(slots.crowded).to.equal(false);
    give();
  });

  it("takes nobody in any more once it is closed, not even who waits already", async () => {
    const slots = new UploadSlots({ most: 1, mostForOne: 1, waitMs: 60_000 });
    const give = await slots.take("a");
    const waiting = ["b", "c"].map((tenant) => outcome(slots.take(tenant)));
    slots.close();
    expect(await Promise.all(waiting)).to.deep.equal(["UNAVAILABLE", "UNAVAILABLE"]);
    give();
    expect(await outcome(slots.take("d"))).to.equal("UNAVAILABLE");
  });

  it("counts who waits as one of its tenant's, and no longer once it gave up", async () => {
    const slots = new UploadSlots({ most: 1, mostForOne: 1, waitMs: 20 });
    const give = await slots.take("a");
    const waiting = outcome(slots.take("b"));
    expect(await outcome(slots.take("b"))).to.equal("RATE_LIMITED");
    expect(await waiting).to.equal("UNAVAILABLE");
    give();
    expect(await outcome(slots.take("b"))).to.equal("taken");
  });
});

describe("datasets: the pace of an upload", () => {
  const { usual, crowded } = uploadPaces;

  /** The look at which the pace is missed by a sender of so many bytes a look, or null within so many looks. */
  const missedAt = (pace: Pace, bytes: (look: number) => number, looks = 3_600): number | null => {
    const arrivals = new Arrivals(30);
    for (let look = 1; look <= looks; look++) {
      arrivals.add(bytes(look));
      arrivals.look();
      if (arrivals.missed(pace) !== null) return look;
    }
    return null;
  };

  it("asks for nothing during the grace, and then for the average since the beginning", () => {
    expect(missedAt(crowded, () => 0)).to.equal(crowded.grace);
    expect(missedAt(usual, () => 0)).to.equal(usual.grace);
    expect(missedAt(crowded, (look) => (look === 1 ? crowded.bytes * crowded.grace : 0))).to.equal(
      crowded.grace + 1,
    );
  });

  it("forgives a pause that the rest of the window makes up for", () => {
    const pausing = (look: number): number => (look % 10 < 5 ? 0 : 4 * crowded.bytes);
    expect(missedAt(crowded, (look) => pausing(look + 5), 59)).to.equal(null);
  });

  it("takes a slow line for as long as nobody waits, and no crawling one", () => {
    expect(missedAt(usual, () => 600)).to.equal(null);
    expect(missedAt(usual, () => 500)).to.equal(usual.grace);
  });

  it("lets nobody hold a wanted place for hours by going just fast enough", () => {
    expect(missedAt(crowded, () => 1_100)).to.equal(crowded.grace);
    expect(missedAt(crowded, () => 16 * 1024)).to.equal(crowded.doublesEvery);
    expect(missedAt(crowded, () => 64 * 1024)).to.equal(3 * crowded.doublesEvery);
    expect(missedAt(crowded, () => 128 * 1024)).to.equal(null);
  });

  it("finds the same average however the bytes are spread over a window", () => {
    const spread = fc.array(fc.nat(50_000), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(spread, fc.integer({ min: 1, max: 30 }), (looks, window) => {
        const arrivals = new Arrivals(30);
        for (const bytes of looks) {
          arrivals.add(bytes);
          arrivals.look();
        }
        const sum = looks.slice(-window).reduce((total, bytes) => total + bytes, 0);
        expect(arrivals.within(window)).to.equal(sum);
        const asked = Math.ceil((sum + 1) / Math.min(window, looks.length));
        expect(arrivals.missed({ grace: 0, window, bytes: asked })).to.equal(asked);
        expect(arrivals.missed({ grace: 0, window, bytes: 0 })).to.equal(null);
      }),
    );
  });
});

describe("datasets: a body on its way", () => {
  const never = { grace: 1_000_000, window: 1, bytes: 1, doublesEvery: 1, mostBytes: 1 };
  const bodyOf = (stream: PassThrough, usual: Pace = never): UploadBody =>
    new UploadBody(stream, { lookMs: 10, usual, crowded: never }, () => false);

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
    const body = bodyOf(stream, { grace: 2, window: 2, bytes: 10 });
    expect(await failureOf(body)).to.include({ statusCode: 408, code: "BAD_USER_INPUT" });
    body.close();
    stream.destroy();
  });

  it("gives up on a sender that drips", async () => {
    const stream = new PassThrough();
    stream.write("a\n");
    const drip = setInterval(() => stream.write("1\n"), 5);
    const body = bodyOf(stream, { grace: 5, window: 5, bytes: 200 });
    expect(await failureOf(body)).to.include({ statusCode: 408 });
    clearInterval(drip);
    body.close();
    stream.destroy();
  });

  it("gives up sooner where others wait for the place, and not before", async () => {
    const slots = new UploadSlots({ most: 1, mostForOne: 1, waitMs: 60_000 });
    const give = await slots.take("stalled");
    const stream = new PassThrough();
    stream.write("a,b\n1,2\n");
    const crowded = { ...never, grace: 2, window: 2, bytes: 16 };
    const paces = { lookMs: 10, usual: never, crowded };
    const body = new UploadBody(stream, paces, () => slots.crowded);
    const failed = failureOf(body).finally(give);
    await wait(100);
    expect(body.signal.aborted).to.equal(false);
    const waiting = slots.take("waiting");
    const refusal = await failed;
    expect(refusal).to.include({ statusCode: 408 });
    expect(refusal.message).to.match(/^Others wait for a place/);
    (await waiting)();
    stream.destroy();
  });

  it("lets an upload end that moves when the server stops, and no other", async () => {
    const paces = { lookMs: 10, usual: never, crowded: { ...never, bytes: 16 } };
    for (const [what, bytes] of [
      ["stands still", 0],
      ["drips", 1],
    ] as const) {
      const stream = new PassThrough();
      stream.write("a\n");
      const drip = setInterval(() => stream.write("1\n".repeat(bytes)), 5);
      const body = new UploadBody(stream, paces, () => false);
      const failed = failureOf(body);
      await wait(40);
      expect(body.signal.aborted, what).to.equal(false);
      body.stop();
      expect(await failed, what).to.include({ statusCode: 503, code: "UNAVAILABLE" });
      clearInterval(drip);
      stream.destroy();
    }
    const stream = new PassThrough();
    stream.write("a\n");
    const flow = setInterval(() => stream.write("1\n".repeat(5_000)), 1);
    const body = new UploadBody(stream, paces, () => false);
    const options = { format: "CSV", header: true, signal: body.signal } as const;
    const taken = takeIn(body.chunks(), options, (packed) => packed);
    await wait(40);
    body.stop();
    await wait(60);
    clearInterval(flow);
    stream.end();
    expect((await taken).profile.columns).to.have.length(1);
  });

  it("says so when the sender breaks off, and leaves a stream open that is read no further", async () => {
    const broken = new PassThrough();
    broken.write("a\n1\n");
    setImmediate(() => broken.destroy());
    const body = bodyOf(broken);
    expect(await failureOf(body)).to.include({ statusCode: 400 });
    body.close();
    const bad = new PassThrough();
    bad.end("a,a\n1,2\n");
    const second = bodyOf(bad);
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
