import { expect } from "chai";
import fc from "fast-check";
import {
  isProse,
  plainText,
  readCharacters,
  wordsOf,
} from "../../../../src/rooms/learning/encoding/index.js";
import { termsOf } from "../../../../src/rooms/learning/encoding/tokenisers.js";

const words = (text: string): string[] => wordsOf(plainText(text));
const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string());

describe("learning: texts as plain text and as words", () => {
  it("writes alike what reads alike", () => {
    expect(plainText("ＦＲＥＥ ﬁlm")).to.equal("free film");
    expect(plainText("cafe\u0301")).to.equal("café");
    expect(plainText("co\u00ADoperate\u200B\u202E now")).to.equal("cooperate now");
    expect(plainText("\u0000a\t\r\n \u0007b\u00A0c\u0085")).to.equal("a b c");
    expect(plainText("ÄÖÜ ΣΑΣ")).to.equal("äöü σας");
  });

  it("reads the beginning of a text of a megabyte, and no more of one that grows when it is made plain", () => {
    expect(plainText("word ".repeat(200_000))).to.have.length.within(readCharacters - 5, readCharacters);
    expect(plainText("\uFDFA".repeat(200_000)).length).to.be.at.most(readCharacters);
  });

  it("takes any text, and plain text stays as it is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = plainText(text);
        expect(plain.isWellFormed()).to.equal(true);
        expect(plain).to.not.match(/^ | {2}| $|\p{Cc}/u);
        expect(wordsOf(plain).join("").length).to.be.at.most(plain.length);
      }),
    );
  });

  it("cuts no character in two where it stops reading", () => {
    const text = `a${"😀".repeat(readCharacters)}`;
    expect(plainText(text).isWellFormed()).to.equal(true);
  });

  it("finds words, pictographs, currencies and exclamations", () => {
    expect(words("Don't WIN £1000, now!!! 😀👍")).to.deep.equal([
      "don",
      "t",
      "win",
      "£",
      "1000",
      "now",
      "!!!",
      "😀",
      "👍",
    ]);
    expect(words("")).to.deep.equal([]);
    expect(words("... --- ;")).to.deep.equal([]);
  });

  it("reads from right to left, and scripts without spaces sign by sign", () => {
    expect(words("مرحبا، بالعالم")).to.deep.equal(["مرحبا", "بالعالم"]);
    expect(words("שָׁלוֹם עולם")).to.have.length(2);
    expect(words("हिन्दी भाषा")).to.deep.equal(["हिन्दी", "भाषा"]);
    expect(words("東京 tower です")).to.deep.equal(["東", "京", "tower", "で", "す"]);
    expect(words("ที่")).to.have.length(1);
  });

  it("tells sentences from names and ids", () => {
    expect(["see you", "東京"].map(isProse)).to.deep.equal([true, true]);
    expect(["", "k17", "2024-01-03"].map(isProse)).to.deep.equal([false, false, false]);
  });

  it("gives words and pairs, and pieces that know where a word ends", () => {
    const pairs = { unit: "WORD", shortest: 1, longest: 2 } as const;
    expect([...termsOf("a b c", pairs)]).to.deep.equal(["a", "b", "c", "a b", "b c"]);
    const pieces = { unit: "CHARACTER", shortest: 2, longest: 3 } as const;
    expect([...termsOf("ab 😀", pieces)]).to.deep.equal([
      " a",
      "ab",
      "b ",
      " ab",
      "ab ",
      " 😀",
      "😀 ",
      " 😀 ",
    ]);
    expect([...termsOf("x".repeat(500), pairs)]).to.deep.equal(["x".repeat(64)]);
  });
});
