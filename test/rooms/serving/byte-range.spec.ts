import { expect } from "chai";
import fc from "fast-check";
import { rangeOf, within } from "../../../src/rooms/serving/byte-range.js";

const file = { size: 100, etag: '"one"' };
const of = (range: string | undefined, ifRange?: string) => rangeOf({ range, ifRange }, file);

describe("serving: ranges of a file", () => {
  for (const [range, part] of [
    ["bytes=0-0", { from: 0, to: 1 }],
    ["bytes=10-19", { from: 10, to: 20 }],
    ["bytes=90-", { from: 90, to: 100 }],
    ["bytes=-1", { from: 99, to: 100 }],
    ["bytes=-1000", { from: 0, to: 100 }],
    ["bytes=50-1000000", { from: 50, to: 100 }],
    ["bytes=100-", "none"],
    ["bytes=100-200", "none"],
    ["bytes=-0", "none"],
    // What is no range, and several of them, are answered as if there was none.
    ["bytes=20-10", "whole"],
    ["bytes=", "whole"],
    ["bytes=-", "whole"],
    ["bytes=0-1,5-6", "whole"],
    ["lines=0-1", "whole"],
    ["bytes=a-b", "whole"],
    [undefined, "whole"],
  ] as const)
    it(`reads ${range ?? "no header"}`, () => {
      expect(of(range)).to.deep.equal(part);
    });

  it("gives a part only of the file that was begun", () => {
    expect(of("bytes=10-", '"one"')).to.deep.equal({ from: 10, to: 100 });
    expect(of("bytes=10-", '"two"')).to.equal("whole");
    expect(of("bytes=10-", 'W/"one"')).to.equal("whole");
    expect(of("bytes=10-", "Sat, 21 Nov 2026 18:00:00 GMT")).to.equal("whole");
    expect(of("bytes=500-", '"two"')).to.equal("whole");
  });

  it("cuts any stream as its bytes together would be cut", async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(80), fc.nat(80), async (parts, from, length) => {
        const all = Buffer.concat(parts);
        const source = (async function* () {
          yield* parts;
        })();
        const cut: Uint8Array[] = [];
        for await (const part of within(source, { from, to: from + length })) cut.push(part);
        expect(Buffer.concat(cut)).to.deep.equal(all.subarray(from, from + length));
      }),
    );
  });
});
