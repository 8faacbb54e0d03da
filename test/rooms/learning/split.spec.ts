import { expect } from "chai";
import fc from "fast-check";
import { seededRandom, shuffled, withRandom } from "../../../src/rooms/learning/random.js";
import { splitRows } from "../../../src/rooms/learning/split.js";

describe("learning: split and random numbers", () => {
  it("holds every fourth row out by default, whatever the seed", () => {
    for (const seed of [0, 1, 99]) {
      const split = splitRows(10, { testFraction: 0.25, validationSplit: 0, seed });
      expect(split).to.deep.equal({ train: [0, 1, 2, 4, 5, 6, 8, 9], validation: [], test: [3, 7] });
    }
  });

  it("draws other fractions by seed", () => {
    const draw = (seed: number) => splitRows(1000, { testFraction: 0.2, validationSplit: 0.1, seed });
    expect(draw(1)).to.deep.equal(draw(1));
    expect(draw(1).test).to.not.deep.equal(draw(2).test);
    expect(draw(0).test).to.not.deep.equal(draw(1).test);
    const { train, validation, test } = draw(3);
    expect([train.length, validation.length, test.length]).to.deep.equal([720, 80, 200]);
  });

  it("puts every row into exactly one part", () => {
    const options = fc.record({
      testFraction: fc.constantFrom(0.1, 0.25, 0.5),
      validationSplit: fc.constantFrom(0, 0.1, 0.5),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(fc.nat(200), options, (count, chosen) => {
        const { train, validation, test } = splitRows(count, chosen);
        const all = [...train, ...validation, ...test].sort((a, b) => a - b);
        expect(all).to.deep.equal(Array.from({ length: count }, (_, row) => row));
      }),
    );
  });

  it("gives numbers that are even, repeatable and unrelated between streams", () => {
    const take = (random: () => number) => Array.from({ length: 10_000 }, random);
    const first = take(seededRandom(7, "epoch", 1));
    const second = take(seededRandom(7, "epoch", 2));
    expect(first).to.deep.equal(take(seededRandom(7, "epoch", 1)));
    expect(first.every((value) => value >= 0 && value < 1)).to.equal(true);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(first)).to.be.closeTo(0.5, 0.02);
    const covariance = mean(first.map((value, at) => (value - 0.5) * ((second[at] ?? 0) - 0.5)));
    expect(covariance).to.be.closeTo(0, 0.005);
  });

  it("shuffles without losing anything", () => {
    const values = Array.from({ length: 100 }, (_, value) => value);
    const mixed = shuffled(values, seededRandom(1));
    expect(mixed).to.not.deep.equal(values);
    expect(mixed.sort((a, b) => a - b)).to.deep.equal(values);
  });

  it("seeds Math.random for one piece of work and puts it back, also after a failure", async () => {
    const original = Math.random;
    expect(await withRandom(seededRandom(1), () => Math.random())).to.equal(seededRandom(1)());
    const failure = withRandom(seededRandom(1), () => Promise.reject(new Error("no")));
    expect(await failure.catch((error: Error) => error.message)).to.equal("no");
    expect(Math.random).to.equal(original);
  });

  it("refuses two pieces of seeded work at once", async () => {
    const slow = withRandom(seededRandom(1), () => new Promise((resolve) => setImmediate(resolve)));
    const second = await withRandom(seededRandom(2), () => 1).catch((error: Error) => error.message);
    expect(second).to.contain("already seeded");
    await slow;
  });
});
