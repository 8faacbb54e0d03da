import { expect } from "chai";
import fc from "fast-check";
import { parseHyperparameters } from "../../../src/rooms/learning/hyperparameters.js";
import { betaOf, mixed } from "../../../src/rooms/learning/mixup.js";
import type { ModelType } from "../../../src/rooms/learning/index.js";
import { seededRandom } from "../../../src/rooms/learning/random.js";
import { dataSet, fieldsOf, interruptedSha256, learn } from "./data.js";

const drawn = (alpha: number, count = 2_000): number[] => {
  const random = seededRandom(1, "beta");
  return Array.from({ length: count }, () => betaOf(alpha, random));
};
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("learning: shares of a mixture", () => {
  for (const alpha of [0.2, 1, 2])
    it(`have the mean and the variance of a Beta distribution at ${alpha}`, () => {
      const shares = drawn(alpha);
      const mean = meanOf(shares);
      expect(mean).to.be.closeTo(0.5, 0.03);
      expect(meanOf(shares.map((share) => (share - mean) ** 2))).to.be.closeTo(1 / (8 * alpha + 4), 0.01);
    });

  it("are all or nothing, and numbers, for an alpha whose powers are too small to be told", () => {
    for (const share of drawn(1e-6, 100)) expect(Math.min(share, 1 - share)).to.be.closeTo(0, 1e-9);
  });
});

describe("learning: mixed rows", () => {
  /** Row r holds r and 1000 r, and one-hot r: what came of it tells its partners and shares. */
  const rowsOf = (count: number) => ({
    x: Float32Array.from({ length: count * 2 }, (_, at) => Math.floor(at / 2) * (at % 2 === 0 ? 1 : 1_000)),
    y: Float32Array.from({ length: count * count }, (_, at) => Number(at % count === Math.floor(at / count))),
  });

  it("lie between two rows, in inputs and targets alike", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 12 }), (seed, count) => {
        const { x, y } = mixed(rowsOf(count), count, 1, seededRandom(seed));
        for (let row = 0; row < count; row++) {
          const shares = [...y.subarray(row * count, row * count + count)];
          expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-5);
          expect(shares.filter((share) => share > 0).length).to.be.at.most(2);
          const place = shares.reduce((sum, share, of) => sum + share * of, 0);
          expect(x[row * 2]).to.be.closeTo(place, 1e-4);
          expect((x[row * 2 + 1] ?? 0) / 1_000).to.be.closeTo(place, 1e-4);
        }
      }),
    );
  });

  it("are each row once as itself and once as a partner", () => {
    const count = 50;
    const { y } = mixed(rowsOf(count), count, 1, seededRandom(3));
    const others = Array.from({ length: count }, (_, row) =>
      Array.from({ length: count }, (__, of) => of).find(
        (of) => of !== row && (y[row * count + of] ?? 0) > 0,
      ),
    ).filter((other) => other !== undefined);
    expect(new Set(others).size).to.equal(others.length);
    expect(others.length).to.be.greaterThan(40);
  });

  it("are the same for the same random numbers, and leave what they are made of alone", () => {
    const rows = rowsOf(6);
    const mix = (seed: number) => mixed(rows, 6, 0.4, seededRandom(seed));
    expect(mix(1)).to.deep.equal(mix(1));
    expect(mix(1)).to.not.deep.equal(mix(2));
    expect(rows).to.deep.equal(rowsOf(6));
  });
});

describe("learning: trainings on mixed rows", function () {
  this.timeout(60_000);

  for (const name of ["penguins", "mpg"] as const)
    it(`go on to the same weights, to the bit, on ${name}, and to others without`, async () => {
      const { table, plan } = dataSet(name);
      const chosen = { ...plan, hyperparameters: { epochs: 4, mixup: 0.4, validationSplit: 0 } };
      const whole = await learn(table, chosen);
      expect(await interruptedSha256(table, chosen)).to.equal(whole.sha256);
      const plain = { ...plan, hyperparameters: { ...chosen.hyperparameters, mixup: 0 } };
      expect((await learn(table, plain)).sha256).to.not.equal(whole.sha256);
    });

  const refused: [what: string, mixup: number, type: ModelType, texts: boolean][] = [
    ["less than nothing", -0.1, "CLASSIFICATION", false],
    ["an alpha that hardly a draw has", 2.5, "CLASSIFICATION", false],
    ["a series", 0.2, "TIME_SERIES", false],
    ["a generator of texts", 0.2, "TEXT_GENERATION", false],
    ["rows that are texts alone", 0.2, "CLASSIFICATION", true],
  ];
  for (const [what, mixup, type, texts] of refused)
    it(`are refused for ${what}`, () => {
      const [field] = fieldsOf(() => parseHyperparameters({ mixup }, type, 100, texts));
      expect(field?.path).to.equal("hyperparameters.mixup");
    });

  it("may be chosen for images, and be left out by 0 for whatever", () => {
    expect(parseHyperparameters({ mixup: 0.2 }, "IMAGE", 100).mixup).to.equal(0.2);
    expect(parseHyperparameters({ mixup: 0 }, "TIME_SERIES", 100).mixup).to.equal(0);
  });
});
