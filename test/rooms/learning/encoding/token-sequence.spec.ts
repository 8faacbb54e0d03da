import { expect } from "chai";
import fc from "fast-check";
import {
  fitTokenSequence,
  paddingToken,
  sequenceLimits,
  sequenceShape,
  sequenceWriter,
  type TokenSequence,
  tokenSequenceSchema,
  unknownToken,
} from "../../../../src/rooms/learning/encoding/index.js";

const encode = (sequence: TokenSequence, text: string): number[] => {
  const out = new Float32Array(sequence.length);
  sequenceWriter(sequence)(text, out, 0);
  return [...out];
};
const texts = ["the cat sat", "the dog", "the cat"];
const wish = { unit: "WORD", mostTokens: 100 } as const;

function fit(from: readonly string[], more: object = {}): TokenSequence {
  const fitted = fitTokenSequence(from, { ...wish, ...more });
  if (!fitted) throw new Error("No token.");
  return fitted;
}

describe("learning: texts as sequences of token numbers", () => {
  it("numbers tokens by frequency from 2 on, pads at the beginning and marks the unknown", () => {
    const sequence = fit(texts, { length: 4 });
    expect(sequence.tokens).to.deep.equal(["the", "cat", "dog", "sat"]);
    expect(encode(sequence, "The cat")).to.deep.equal([paddingToken, paddingToken, 2, 3]);
    expect(encode(sequence, "a dog sat")).to.deep.equal([paddingToken, unknownToken, 4, 5]);
    expect(encode(sequence, "the the the the cat")).to.deep.equal([2, 2, 2, 2]);
    expect(encode(sequence, "")).to.deep.equal([0, 0, 0, 0]);
    expect(sequenceShape(sequence)).to.deep.equal({ shape: [4], vocabulary: 6 });
  });

  it("is as long as nearly all texts, within bounds", () => {
    const long = "word ".repeat(1_500);
    expect(fit([...Array<string>(99).fill("two words"), long]).length).to.equal(2);
    expect(fit([long]).length).to.equal(sequenceLimits.length);
    expect(fit([long], { mostLength: 30 }).length).to.equal(30);
    expect(fit(texts, { mostLength: 30 }).length).to.equal(3);
    expect(fit(texts, { length: 1_000_000 }).length).to.equal(sequenceLimits.length);
  });

  it("reads characters with the spaces between words", () => {
    const sequence = fit(["ab a😀"], { unit: "CHARACTER" });
    expect(sequence.tokens).to.have.members(["a", "b", " ", "😀"]);
    expect(encode(sequence, "😀 b").filter((token) => token === unknownToken)).to.deep.equal([]);
  });

  it("keeps so many tokens and tells how many there were", () => {
    const sequence = fit([Array.from({ length: 500 }, (_, place) => `w${place}`).join(" ")]);
    expect(sequence.tokens).to.have.length(100);
    expect(sequence.different).to.equal(500);
    expect(fitTokenSequence(["", "..."], wish)).to.equal(null);
  });

  it("leaves the tokens of too few texts to the unknown, which so is learnt", () => {
    const sequence = fit(texts, { leastTexts: 2, length: 3 });
    expect(sequence.tokens).to.deep.equal(["the", "cat"]);
    expect(encode(sequence, "the cat sat")).to.deep.equal([2, 3, unknownToken]);
    expect(fitTokenSequence(["a b", "c d"], { ...wish, leastTexts: 2 })).to.equal(null);
  });

  it("gives numbers that the network knows, for any text and after storage", () => {
    const sequence = fit(texts);
    const stored = tokenSequenceSchema.parse(JSON.parse(JSON.stringify(sequence)));
    const { vocabulary = 0 } = sequenceShape(sequence);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const tokens = encode(sequence, text);
        expect(tokens.every((token) => Number.isInteger(token) && token >= 0 && token < vocabulary)).to.equal(
          true,
        );
        expect(encode(stored, text)).to.deep.equal(tokens);
      }),
    );
  });
});
