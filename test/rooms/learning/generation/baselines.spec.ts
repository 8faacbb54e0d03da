import { expect } from "chai";
import fc from "fast-check";
import { baselinesOf } from "../../../../src/rooms/learning/generation/baselines.js";

const texts = fc.array(
  fc.array(fc.integer({ min: 3, max: 9 }), { minLength: 1, maxLength: 20 }).map((text) => [2, ...text, 2]),
  { minLength: 1, maxLength: 12 },
);

describe("generation: baselines", () => {
  it("of one token in two are a coin toss, and of a rule that never fails nearly sure", () => {
    const text = [2, ...Array.from({ length: 400 }, (_, at) => 3 + (at % 2)), 2];
    const { unigram, bigram } = baselinesOf([text], [text], 5);
    expect(unigram.perplexity).to.be.closeTo(2, 0.1);
    expect(unigram.accuracy).to.be.closeTo(0.5, 0.01);
    expect(bigram.perplexity).to.be.closeTo(1, 0.05);
    expect(bigram.accuracy).to.be.above(0.99);
  });

  it("count as Laplace does", () => {
    // Training has 3, 3, 4 and an end; with one more of each of six tokens these are ten.
    const { unigram } = baselinesOf([[2, 3, 3, 4, 2]], [[2, 3, 2]], 6);
    expect(unigram.loss).to.be.closeTo((-Math.log(3 / 10) - Math.log(2 / 10)) / 2, 1e-12);
    expect(unigram.accuracy).to.equal(0.5);
  });

  it("are finite whatever is measured, and the bigram is hardly ever worse", () => {
    fc.assert(
      fc.property(texts, texts, (training, measured) => {
        const { unigram, bigram } = baselinesOf(training, measured, 10);
        for (const { loss, perplexity, accuracy } of [unigram, bigram]) {
          expect(Number.isFinite(loss)).to.equal(true);
          expect(perplexity).to.be.closeTo(Math.exp(loss), 1e-9);
          expect(accuracy).to.be.within(0, 1);
        }
        // With the largest prior it is the unigram but for a little.
        expect(bigram.loss).to.be.at.most(unigram.loss + 0.2);
      }),
    );
  });

  it("of no tokens are nothing, not NaN", () => {
    expect(baselinesOf([[2, 3, 2]], [], 4).unigram).to.deep.equal({ loss: 0, perplexity: 1, accuracy: 0 });
  });
});
