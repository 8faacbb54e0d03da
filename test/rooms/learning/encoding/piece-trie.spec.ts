import { expect } from "chai";
import fc from "fast-check";
import { plainText } from "../../../../src/rooms/learning/encoding/index.js";
import { PieceTrie } from "../../../../src/rooms/learning/encoding/piece-trie.js";
import { termsOf } from "../../../../src/rooms/learning/encoding/tokenisers.js";

const range = { unit: "CHARACTER", shortest: 2, longest: 4 } as const;
const letters = fc.string({ unit: fc.constantFrom("a", "b", " ", "😀", "م", "é"), maxLength: 30 });
const ascending = (a: number, b: number) => a - b;

describe("learning: pieces are found by walking", () => {
  it("finds every piece that the tokeniser gives, and as often", () => {
    fc.assert(
      fc.property(letters, letters, (known, text) => {
        const pieces = [...new Set(termsOf(plainText(known), range))];
        const plain = plainText(text);
        const listed = termsOf(plain, range).map((piece) => pieces.indexOf(piece));
        const found = [...new PieceTrie(pieces).find(plain)];
        expect(found.sort(ascending)).to.deep.equal(listed.filter((place) => place >= 0).sort(ascending));
      }),
    );
  });

  it("finds nothing in nothing, and does not reach into the next word", () => {
    expect([...new PieceTrie(["  ", " a"]).find("")]).to.deep.equal([]);
    expect([...new PieceTrie(["b a", "ab ", " ab"]).find("ab ab")]).to.deep.equal([2, 1, 2, 1]);
  });
});
