import { getEventListeners } from "node:events";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import * as fc from "fast-check";
import { type ReadOptions, readTable } from "../../../../src/rooms/datasets/reading/index.js";
import { csv, inChunks, profile, read, readAll, refusal } from "./support.js";

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const mustQuote = /["\n\r,]|^$/;
const lineBreak = fc.constantFrom("\n", "\r\n", "\r");

/** Text as people store it, with everything that CSV has to quote, and no marker of a missing value. */
const cell = fc.string({
  unit: fc.constantFrom("a", "é", "😀", "1", " ", ",", '"', "\n", "\r", "\r\n", ";", "\t", "'", "\ufeff"),
  maxLength: 8,
});
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
  );

const encode = (rows: string[][], eol: string, always: boolean): string =>
  rows
    .map((row) => row.map((text) => (always || mustQuote.test(text) ? quoted(text) : text)).join(",") + eol)
    .join("");

const withNames = (rows: string[][]): string[][] => [
  rows[0]?.map((_, index) => `name${index}`) ?? [],
  ...rows,
];

describe("datasets: reading as a stream", () => {
  it("reads back every table that was written as CSV", async () => {
    const property = fc.asyncProperty(table, lineBreak, fc.boolean(), async (rows, eol, always) => {
      // White space alone in a line is blank by definition, quoted or not, and can't come back.
      const expected = rows.map((row) => row.map((text) => (text.trim() === "" ? null : text)));
      const { rows: found } = await read(encode(withNames(rows), eol, always));
      expect(found).to.deep.equal(expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it("splitting and parsing agree: quoting every cell changes nothing", async () => {
    const plain = fc.array(fc.tuple(fc.stringMatching(/^[^"\n\r,\0]*$/), fc.constantFrom("x", "", "1.5")), {
      minLength: 1,
    });
    const property = fc.asyncProperty(plain, lineBreak, async (rows, eol) => {
      const all = [["a", "b"], ...rows];
      const split = await read(all.map((row) => row.join(",") + eol).join(""));
      expect(await read(encode(all, eol, true))).to.deep.equal(split);
    });
    await fc.assert(property);
  });

  it("gives the same rows and the same refusal however the bytes are cut", async () => {
    const content = fc.oneof(
      fc.tuple(table, lineBreak).map(([rows, eol]) => encode(withNames(rows), eol, false)),
      fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é", "\0", "b") }),
    );
    const outcome = (source: AsyncIterable<Uint8Array>) =>
      readAll(source).catch((error: Error) => String(error));
    const property = fc.asyncProperty(
      content,
      fc.array(fc.integer({ min: 0, max: 9 })),
      async (text, lengths) => {
        const whole = await outcome(inChunks(text));
        expect(await outcome(inChunks(text, [...lengths, 1]))).to.deep.equal(whole);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it("gives the same profile of real data however the bytes are cut", async () => {
    const files: [name: string, options: ReadOptions][] = [
      ["titanic.csv", csv],
      ["digits-8x8.csv", csv],
      ["sms-spam.tsv", { format: "TSV", header: false }],
    ];
    for (const [name, options] of files) {
      const open = (highWaterMark: number) => createReadStream(join("test", "data", name), { highWaterMark });
      const whole = await profile(open(1024 * 1024), options);
      expect(await profile(open(997), options), name).to.deep.equal(whole);
      expect(await profile(open(65_537), options), name).to.deep.equal(whole);
    }
  });

  it("takes from the source no more than a few blocks ahead of its reader", async () => {
    let given = 0;
    async function* source() {
      for (; given < 1000; given++) yield Buffer.from(given === 0 ? "a,b\n" : "1,2\n".repeat(16_384));
    }
    const { batches } = await readTable(source(), csv);
    for await (const batch of batches) {
      expect(batch.length).to.be.lessThan(20_000);
      await wait(5);
      expect(given).to.be.lessThan(4);
      break;
    }
  });

  it("refuses a failing source with the source's own error", async () => {
    async function* failing() {
      yield Buffer.from("a,b\n1,2\n");
      throw new Error("connection lost");
    }
    const error = await readAll(failing()).catch((error: Error) => error);
    expect(error).to.be.instanceOf(Error).with.property("message", "connection lost");
  });
});

describe("datasets: leaving a stream early", () => {
  const lines = Buffer.from("1,2\n".repeat(16_384));

  function watched(stuckAfter = Infinity) {
    const state = { closed: false };
    async function* source() {
      try {
        yield Buffer.from("a,b\n");
        for (let count = 0; count < stuckAfter; count++) yield lines;
        await wait(60_000, undefined, { ref: false });
      } finally {
        state.closed = true;
      }
    }
    return { state, source: source() };
  }

  async function readUntilAborted(source: AsyncIterable<Uint8Array>, abortAfter: number): Promise<unknown> {
    const controller = new AbortController();
    const { batches } = await readTable(source, { ...csv, signal: controller.signal });
    let count = 0;
    try {
      for await (const _ of batches)
        if (++count === abortAfter) controller.abort(new Error("cancelled by test"));
    } catch (error) {
      return error;
    }
    return expect.fail("the reading went on to the end");
  }

  it("stops with the signal's reason and closes the source", async () => {
    const { state, source } = watched();
    const error = await readUntilAborted(source, 3);
    expect(error).to.have.property("message", "cancelled by test");
    await wait(1);
    expect(state.closed).to.equal(true);
  });

  it("stops while the source is stuck", async () => {
    const controller = new AbortController();
    const { source } = watched(0);
    const reading = readTable(source, { ...csv, signal: controller.signal }).catch((error: Error) => error);
    await wait(5);
    controller.abort(new Error("gave up waiting"));
    expect(await reading).to.have.property("message", "gave up waiting");
  });

  it("stops within a chunk, however large", async () => {
    async function* oneChunk() {
      yield Buffer.from(`a,b\n${"1,2\n".repeat(500_000)}`);
    }
    const error = await readUntilAborted(oneChunk(), 2);
    expect(error).to.have.property("message", "cancelled by test");
  });

  it("leaves no listeners behind on the signal", async () => {
    const { signal } = new AbortController();
    const { batches } = await readTable(inChunks(lines, [100]), { ...csv, signal });
    for await (const _ of batches) expect(getEventListeners(signal, "abort")).to.have.length.lessThan(2);
    expect(getEventListeners(signal, "abort")).to.have.length(0);
  });

  it("does not begin with a signal that is aborted already", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    const error = await readTable(watched().source, { ...csv, signal }).catch((error: Error) => error);
    expect(error).to.have.property("message", "too late");
  });

  it("closes the source when its reader leaves, closes the table or gets an error", async () => {
    const left = watched();
    for await (const _ of (await readTable(left.source, csv)).batches) break;
    const unread = watched();
    await (await readTable(unread.source, csv)).close();
    const refused = watched();
    await refusal(readAll(refused.source, { ...csv, limits: { rows: 10 } }), {
      code: "DATASET_TOO_MANY_ROWS",
    });
    await wait(1);
    expect([left, unread, refused].map(({ state }) => state.closed)).to.deep.equal([true, true, true]);
  });
});
