import { expect } from "chai";
import fc from "fast-check";
import {
  fitTerms,
  mostTerms,
  termCount,
  type TermPart,
  termPartSchema,
  termWriter,
} from "../../../../src/rooms/learning/encoding/index.js";
import { sample } from "../../../../src/rooms/learning/encoding/term-weights.js";

const encode = (parts: TermPart[], text: string): number[] => {
  const out = new Float32Array(termCount(parts));
  termWriter(parts)(text, out, 0);
  return [...out];
};
const lengthOf = (values: number[]): number => Math.hypot(...values);
const texts = ["the cat sat", "the dog sat", "the bird flew", "a cat"];

describe("learning: term weights", () => {
  it("weighs by smooth inverse document frequency and scales to length 1", () => {
    const [words] = fitTerms(texts, 1_000);
    expect(words?.terms.map(([term]) => term)).to.deep.equal(["the", "cat", "sat"]);
    const idf = [3, 2, 2].map((df) => Math.log(5 / (1 + df)) + 1);
    words?.terms.forEach(([, weight], place) => expect(weight).to.equal(idf[place]));
    const [the = 0, cat = 0] = idf;
    const length = Math.hypot((1 + Math.log(2)) * the, cat);
    const [first, second, third] = encode(words ? [words] : [], "The THE cat, unheard of");
    expect(first).to.be.closeTo(((1 + Math.log(2)) * the) / length, 1e-6);
    expect(second).to.be.closeTo(cat / length, 1e-6);
    expect(third).to.equal(0);
  });

  it("knows a misspelt word by its pieces", () => {
    const parts = fitTerms(["telephone", "telephone", "banana", "banana"], 1_000);
    const at = (text: string) => encode(parts, text);
    const likeness = (a: number[], b: number[]) =>
      a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
    expect(likeness(at("telefone"), at("telephone"))).to.be.greaterThan(0.3);
    expect(likeness(at("telefone"), at("banana"))).to.equal(0);
  });

  it("keeps a bounded vocabulary of everything, and tells how much was cut", () => {
    const many = Array.from({ length: 6_000 }, (_, place) => `word${place >> 1} other${place >> 1}`);
    const parts = fitTerms(many, 1_000_000);
    for (const part of parts) {
      expect(part.terms).to.have.length.at.most(mostTerms);
      expect(part.different).to.be.at.least(part.terms.length);
    }
    expect(parts[0]?.different).to.equal(9_000);
    expect(termCount(fitTerms(many, 100))).to.equal(100);
    expect(fitTerms(many, 1)).to.deep.equal([]);
  });

  it("learns from a part of the texts where there are too many", () => {
    expect(sample(texts, 1_000)).to.deep.equal(texts);
    expect(sample(["aa", "bb", "cc", "dd", "ee"], 4)).to.deep.equal(["aa", "dd"]);
    const long = Array<string>(10).fill("x".repeat(1_000_000));
    expect(sample(long, 100_000)).to.have.length(10);
    expect(sample(long, 50_000)).to.have.length(5);
  });

  it("learns nothing where no two texts have anything in common", () => {
    expect(fitTerms(["ab", "cd"], 100)).to.deep.equal([]);
    expect(fitTerms(["", " ", "\u0000"], 100)).to.deep.equal([]);
  });

  it("is plain JSON: what is stored encodes as what was learnt", () => {
    const parts = fitTerms(["😀 مرحبا £5", "😀 مرحبا £6", "東京 !!"], 1_000);
    const stored = parts.map((part) => termPartSchema.parse(JSON.parse(JSON.stringify(part))));
    for (const text of ["😀", "مرحبا", "£5 東"])
      expect(encode(stored, text)).to.deep.equal(encode(parts, text));
  });

  it("gives each part length 1 or nothing, for any text", () => {
    const parts = fitTerms(texts, 1_000);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...texts)), (text) => {
        const values = encode(parts, text);
        let at = 0;
        for (const { terms } of parts) {
          const length = lengthOf(values.slice(at, (at += terms.length)));
          if (length !== 0) expect(length).to.be.closeTo(1, 1e-5);
        }
      }),
    );
  });
});
