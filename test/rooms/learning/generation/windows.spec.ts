import { expect } from "chai";
import fc from "fast-check";
import { measuredWindows } from "../../../../src/rooms/learning/generation/measure.js";
import { byText } from "../../../../src/rooms/learning/generation/split-texts.js";
import { windowsOf, windowStarts } from "../../../../src/rooms/learning/generation/windows.js";
import { splitRows } from "../../../../src/rooms/learning/split.js";

/** Texts with an end (2) on either side, of tokens that are different from it. */
const textsOf = fc.array(
  fc.array(fc.integer({ min: 3, max: 50 }), { minLength: 1, maxLength: 40 }).map((text) => [2, ...text, 2]),
  { minLength: 1, maxLength: 20 },
);
const contexts = fc.integer({ min: 2, max: 32 });
const joined = (texts: number[][]): number[] =>
  texts.flatMap((text, at) => (at === 0 ? text : text.slice(1)));

describe("generation: windows", () => {
  it("each hold what stands in the texts, and what follows it", () => {
    fc.assert(
      fc.property(textsOf, contexts, (texts, context) => {
        const { count, seen, next } = windowsOf(texts, context);
        const stream = joined(texts);
        const starts = windowStarts(texts, context);
        expect(count).to.equal(starts.length);
        starts.forEach((start, row) => {
          const own = [row * context, (row + 1) * context] as const;
          expect(Array.from(seen.slice(...own))).to.deep.equal(stream.slice(start, start + context));
          expect(Array.from(next.slice(...own))).to.deep.equal(stream.slice(start + 1, start + context + 1));
        });
      }),
    );
  });

  it("leave no token out, and see none much more than twice", () => {
    fc.assert(
      fc.property(textsOf, contexts, (texts, context) => {
        const length = joined(texts).length;
        const starts = windowStarts(texts, context);
        fc.pre(length > context);
        const covered = new Set(
          starts.flatMap((start) => Array.from({ length: context }, (_, at) => start + at + 1)),
        );
        expect(covered.size).to.equal(length - 1);
        expect(Math.max(...covered)).to.equal(length - 1);
        expect(starts.length * context).to.be.at.most(2 * length + 2 * context);
      }),
    );
  });

  it("begin with a text wherever one begins in their second half", () => {
    const texts = [
      [2, 3, 3, 3, 3, 2],
      [2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 2],
    ];
    // The second text begins at 5, within the first window's second half; the last window ends with the last token.
    expect(windowStarts(texts, 8)).to.deep.equal([0, 5, 9]);
    expect(windowStarts(texts, 4)).to.deep.equal([0, 4, 8, 12, 13]);
    expect(windowStarts([[2, 3, 2]], 8)).to.deep.equal([]);
  });

  it("measure each token but the first once, in a long text with half a context before it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), contexts, (length, context) => {
        const text = Array.from({ length }, (_, at) => at);
        const measured = measuredWindows(text, context).flatMap(({ start, from, to }) => {
          if (start > 0) expect(from).to.be.at.least(Math.floor(context / 2) - 1);
          expect(to).to.be.at.most(context);
          return Array.from({ length: to - from }, (_, at) => start + from + at + 1);
        });
        expect(measured).to.deep.equal(text.slice(1));
      }),
    );
  });
});

describe("generation: the split", () => {
  it("never has a text in two parts, and loses none", () => {
    const rows = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), {
      minLength: 4,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.nat(), (texts, seed) => {
        const options = { testFraction: 0.25, validationSplit: 0.1, seed };
        const split = byText(texts, splitRows(texts.length, options));
        const parts = [split.train, split.validation, split.test];
        expect(parts.flat().sort((a, b) => a - b)).to.deep.equal([...texts.keys()]);
        const kinds = parts.map((part) => new Set(part.map((row) => texts[row])));
        const all = kinds.flatMap((kind) => [...kind]);
        expect(new Set(all).size).to.equal(all.length);
      }),
    );
  });

  it("stays as it is where all texts are different", () => {
    const texts = Array.from({ length: 40 }, (_, row) => `text ${row}`);
    const split = splitRows(40, { testFraction: 0.25, validationSplit: 0.1, seed: 3 });
    expect(byText(texts, split)).to.deep.equal(split);
  });
});
