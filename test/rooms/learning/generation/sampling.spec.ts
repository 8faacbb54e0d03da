import { expect } from "chai";
import fc from "fast-check";
import {
  candidates,
  sample,
  type SamplingOptions,
} from "../../../../src/rooms/learning/generation/sampling.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

const all: SamplingOptions = { temperature: 1, topK: null, topP: null };
const scoresOf = fc
  .array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((values) => Float32Array.from(values));
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const warmth = fc.double({ min: 0.05, max: 2, noNaN: true });

const softmax = (scores: Float32Array, temperature = 1): number[] => {
  const top = Math.max(...scores);
  const powers = [...scores].map((score) => Math.exp((score - top) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};
/** Places from the highest score down, equals in ascending order. */
const ranked = (scores: Float32Array): number[] =>
  [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);

describe("generation: choosing a token", () => {
  it("never leaves the topK", () => {
    fc.assert(
      fc.property(
        scoresOf,
        fc.integer({ min: 1, max: 50 }),
        warmth,
        draw,
        (scores, topK, temperature, random) => {
          const token = sample(scores, { temperature, topK, topP: null }, random);
          expect(ranked(scores).slice(0, topK)).to.include(token);
        },
      ),
    );
  });

  it("never leaves the fewest that reach topP, and those do reach it", () => {
    fc.assert(
      fc.property(scoresOf, fc.double({ min: 0.01, max: 1, noNaN: true }), draw, (scores, topP, random) => {
        const options = { ...all, topP };
        const tokens = candidates(scores, options).map(({ token }) => token);
        const probabilities = softmax(scores);
        const shareOf = (some: number[]) => some.reduce((sum, token) => sum + (probabilities[token] ?? 0), 0);
        expect(tokens).to.deep.equal(ranked(scores).slice(0, tokens.length));
        expect(shareOf(tokens)).to.be.at.least(topP - 1e-9);
        if (tokens.length > 1) expect(shareOf(tokens.slice(0, -1))).to.be.below(topP + 1e-9);
        expect(tokens).to.include(sample(scores, options, random));
      }),
    );
  });

  it("takes the likeliest at temperature 0, the first of equals", () => {
    fc.assert(
      fc.property(scoresOf, draw, (scores, random) => {
        const token = sample(scores, { ...all, temperature: 0 }, random);
        expect(token).to.equal(ranked(scores)[0]);
        expect(candidates(scores, { ...all, temperature: 0 })).to.deep.equal([{ token, probability: 1 }]);
      }),
    );
  });

  it("comes to the likeliest as the temperature goes to 0", () => {
    fc.assert(
      fc.property(scoresOf, draw, (scores, random) => {
        const [first = 0, second] = ranked(scores);
        fc.pre(second === undefined || (scores[first] ?? 0) - (scores[second] ?? 0) > 1e-3);
        expect(sample(scores, { ...all, temperature: 1e-6 }, random)).to.equal(first);
      }),
    );
  });

  it("never takes what has a score of -Infinity, however large the rest of the random number", () => {
    fc.assert(
      fc.property(scoresOf, draw, fc.nat(), (scores, random, place) => {
        fc.pre(scores.length > 1);
        const forbidden = place % scores.length;
        const masked = scores.slice();
        masked[forbidden] = Number.NEGATIVE_INFINITY;
        expect(sample(masked, all, random)).to.not.equal(forbidden);
      }),
    );
    const masked = Float32Array.of(Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY);
    for (const random of [0, 0.5, 1 - 2 ** -53]) expect(sample(masked, all, random)).to.equal(1);
  });

  it("gives probabilities that sum to 1 and fall", () => {
    fc.assert(
      fc.property(
        scoresOf,
        warmth,
        fc.option(fc.integer({ min: 1, max: 9 })),
        (scores, temperature, topK) => {
          const probabilities = candidates(scores, { temperature, topK, topP: 0.9 }).map(
            ({ probability }) => probability,
          );
          expect(probabilities.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-9);
          expect(probabilities).to.deep.equal(probabilities.toSorted((a, b) => b - a));
        },
      ),
    );
  });

  for (const temperature of [0.5, 1, 1.7])
    it(`draws as often as the softmax at temperature ${temperature} says`, () => {
      const scores = Float32Array.of(2, 0.5, -1, 1, -3);
      const random = seededRandom("draws", temperature);
      const draws = 40_000;
      const counts = Array<number>(scores.length).fill(0);
      for (let each = 0; each < draws; each++) {
        const token = sample(scores, { ...all, temperature }, random());
        counts[token] = (counts[token] ?? 0) + 1;
      }
      // χ² with 4 degrees of freedom is above 18.5 once in a thousand; the draws are the same each time.
      const expected = softmax(scores, temperature).map((share) => share * draws);
      const distance = counts.reduce(
        (sum, count, token) => sum + (count - (expected[token] ?? 0)) ** 2 / (expected[token] ?? 1),
        0,
      );
      expect(distance).to.be.below(18.5);
    });
});
