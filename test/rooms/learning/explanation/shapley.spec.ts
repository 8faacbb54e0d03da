import { expect } from "chai";
import fc from "fast-check";
import { leastEvaluations, shapleyPlan } from "../../../../src/rooms/learning/explanation/index.js";
import { patchesOf } from "../../../../src/rooms/learning/explanation/patches.js";
import { wordsIn } from "../../../../src/rooms/learning/explanation/words.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

type Worth = (present: readonly number[]) => number;

/** The shares that a plan gives in a game, and what nobody and everybody are worth. */
function played(players: number, evaluations: number, seed: number, worth: Worth) {
  const { coalitions, count, shares, method } = shapleyPlan(players, evaluations, seed);
  const values = Float64Array.from({ length: count }, (_, at) =>
    worth([...coalitions.subarray(at * players, (at + 1) * players)]),
  );
  return { shares: shares(values), method, count, nobody: values[0] ?? 0, everybody: values[1] ?? 0 };
}

/** A game without any pattern: each coalition has a worth of its own. */
const arbitraryGame =
  (seed: number): Worth =>
  (present) =>
    seededRandom(seed, present.join(""))() * 20 - 10;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe("learning: shares of a prediction", () => {
  it("sum to what everybody adds to nobody, in every game and however few are evaluated", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 16, max: 600 }),
        fc.nat(),
        (players, evaluations, seed) => {
          const { shares, nobody, everybody } = played(players, evaluations, seed, arbitraryGame(seed));
          expect(shares).to.have.length(players);
          expect(total(shares)).to.be.closeTo(everybody - nobody, 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are what each adds where they add up, by either method", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        (worths, seed) => {
          const worth: Worth = (present) => total(present.map((here, at) => here * (worths[at] ?? 0)));
          const { shares } = played(worths.length, 300, seed, worth);
          shares.forEach((share, at) => expect(share).to.be.closeTo(worths[at] ?? 0, 1e-9));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are those of the definition: a worth that takes two is theirs by halves, and nobody else's", () => {
    const { shares, method } = played(5, 1_024, 0, ([a = 0, b = 0, c = 0]) => 6 * a * b + 2 * c);
    expect(method).to.equal("EXACT");
    [3, 3, 2, 0, 0].forEach((share, at) => expect(shares[at]).to.be.closeTo(share, 1e-12));
  });

  it("come near to the exact ones where they are sampled, and are the same by the same seed", () => {
    const worth: Worth = (present) =>
      Math.tanh(total(present.map((here, at) => here * ((at % 5) - 1.5) * 0.2)));
    const exact = played(11, 4_096, 0, worth);
    const sampled = played(11, 2_000, 3, worth);
    expect([exact.method, sampled.method]).to.deep.equal(["EXACT", "SAMPLED"]);
    exact.shares.forEach((share, at) => expect(sampled.shares[at]).to.be.closeTo(share, 0.01));
    expect(played(11, 2_000, 3, worth)).to.deep.equal(sampled);
    expect(played(11, 2_000, 4, worth).shares).to.not.deep.equal(sampled.shares);
  });

  it("never evaluate more than they may, and at least one order with its reverse", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 16, max: 4_096 }),
        (players, evaluations) => {
          const { count, coalitions } = shapleyPlan(players, evaluations, 1);
          expect(count).to.be.at.most(Math.max(evaluations, leastEvaluations(players)));
          expect(coalitions).to.have.length(count * players);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are of words that are the text when put together again, few enough to be tried", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: "grapheme" }), (text) => {
        const words = wordsIn(text);
        expect(words.join("")).to.equal(text.trimStart());
        for (const word of words) expect(word.trim()).to.not.equal("");
      }),
    );
    expect(wordsIn("It costs  nothing.\n")).to.deep.equal(["It ", "costs  ", "nothing.\n"]);
    expect(wordsIn("天気がいい")).to.have.length(5);
    expect(wordsIn("word ".repeat(1_900)).length).to.be.within(64, 128);
  });

  it("are of patches that cover an image once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (width, height) => {
        const patches = patchesOf({ width, height });
        expect(patches.length).to.be.at.most(64);
        const covered = new Uint8Array(width * height);
        for (const { x, y, width: across, height: down } of patches)
          for (let line = y; line < y + down; line++)
            for (let at = x; at < x + across; at++)
              covered[line * width + at] = (covered[line * width + at] ?? 0) + 1;
        expect(covered.every((times) => times === 1)).to.equal(true);
      }),
    );
  });
});
