import { expect } from "chai";
import fc from "fast-check";
import {
  endToken,
  fitTextTokens,
  piecesOf,
  readable,
  TextTokens,
} from "../../../../src/rooms/learning/generation/text-tokens.js";

const texts = ["Hello, world!", "Hello again, world?", "Hello again; it's 3 o'clock.", "So long, world!"];
const tokensOf = (unit: "CHARACTER" | "WORD", from = texts): TextTokens => {
  const sequence = fitTextTokens(from, unit, 16);
  if (!sequence) throw new Error("There is nothing to learn.");
  return new TextTokens(sequence);
};

describe("generation: tokens of texts", () => {
  it("joined, the pieces of any text are the text as it is read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const plain = readable(text);
        for (const unit of ["CHARACTER", "WORD"] as const)
          expect(piecesOf(plain, unit).join("")).to.equal(plain);
      }),
    );
  });

  it("keeps capitals and signs, and makes one space of white space and control characters", () => {
    expect(readable("  It's\u00a0\t\nO\u200bK\u0007now!  ")).to.equal("It's OK now!");
    expect(readable("e\u0301")).to.equal("é");
  });

  it("takes words with the space before them, and every other sign alone", () => {
    expect(piecesOf("Hi, it's 5 €!", "WORD")).to.deep.equal(["Hi", ",", " it's", " 5", " €", "!"]);
  });

  it("reads a text back that consists of what it knows", () => {
    for (const unit of ["CHARACTER", "WORD"] as const) {
      const tokens = tokensOf(unit, [...texts, ...texts]);
      for (const text of texts) {
        const numbers = tokens.text(text);
        expect(numbers[0]).to.equal(endToken);
        expect(numbers.at(-1)).to.equal(endToken);
        expect(tokens.decode(numbers)).to.equal(text);
      }
    }
  });

  it("takes what only one training text has for unknown, and writes nothing for it", () => {
    const tokens = tokensOf("CHARACTER");
    const [unknown] = tokens.text("3").slice(1);
    expect(unknown).to.equal(1);
    expect(TextTokens.unwritable).to.include(unknown);
    expect(tokens.decode([unknown ?? 0])).to.equal("");
    expect(tokens.text("😀").slice(1, -1)).to.deep.equal([1]);
  });

  it("numbers all it knows below its size", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (text) => {
        for (const unit of ["CHARACTER", "WORD"] as const) {
          const tokens = tokensOf(unit);
          for (const number of tokens.text(text)) expect(number).to.be.within(1, tokens.size - 1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("leaves a prompt open: no end of text, and the space before a word to that word", () => {
    const [characters, words] = [tokensOf("CHARACTER"), tokensOf("WORD")];
    expect(characters.prompt("Hello ").length).to.equal(7);
    expect(words.prompt("Hello ")).to.deep.equal(words.prompt("Hello"));
    expect([words.spaced(""), words.spaced("Hello "), words.spaced("Hello")]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(characters.spaced("Hello ")).to.equal(false);
    expect(characters.prompt("")).to.deep.equal([endToken]);
  });

  it("learns nothing from texts that have nothing in common", () => {
    expect(fitTextTokens(["a", "b"], "CHARACTER", 8)).to.equal(null);
    expect(fitTextTokens([], "WORD", 8)).to.equal(null);
  });
});
