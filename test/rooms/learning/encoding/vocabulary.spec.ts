import { expect } from "chai";
import fc from "fast-check";
import { TermCounter } from "../../../../src/rooms/learning/encoding/vocabulary.js";

const texts = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d", "e")), { maxLength: 40 });

describe("learning: vocabularies are counted in bounded memory", () => {
  it("counts in how many texts a term is, not how often", () => {
    const counter = new TermCounter();
    for (const terms of [["a", "a", "b"], ["b", "c"], ["b"]]) counter.add(terms);
    expect(counter.commonest(1, 10)).to.deep.equal([
      ["b", 3],
      ["a", 1],
      ["c", 1],
    ]);
    expect(counter.commonest(2, 10)).to.deep.equal([["b", 3]]);
    expect(counter.commonest(1, 2)).to.deep.equal([
      ["b", 3],
      ["a", 1],
    ]);
    expect(counter.different).to.equal(3);
  });

  it("does not depend on the order of the texts", () => {
    fc.assert(
      fc.property(texts, (all) => {
        const [one, other] = [new TermCounter(), new TermCounter()];
        for (const terms of all) one.add(terms);
        for (const terms of all.toReversed()) other.add(terms.toReversed());
        expect(other.commonest(1, 3)).to.deep.equal(one.commonest(1, 3));
      }),
    );
  });

  it("keeps the common terms when there are more than it can hold", () => {
    const counter = new TermCounter(100);
    for (let text = 0; text < 1_000; text++) counter.add(["common", `rare ${text}`, `seldom ${text % 500}`]);
    expect(counter.commonest(2, 1)).to.deep.equal([["common", 1_000]]);
    expect(counter.commonest(0, 10_000).length).to.be.at.most(100);
    expect(counter.different).to.be.at.least(1_501);
  });
});
