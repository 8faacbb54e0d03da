import { expect } from "chai";
import fc from "fast-check";
import { parseArtefact } from "../../../src/rooms/learning/artefact.js";
import { writerOf } from "../../../src/rooms/learning/feature-writer.js";
import type { Feature } from "../../../src/rooms/learning/features.js";
import { fitFeature } from "../../../src/rooms/learning/fit-feature.js";
import { type Normalization, normalizations, scaleOf } from "../../../src/rooms/learning/normalization.js";
import { codeOf, dataSet, interruptedSha256, learn } from "./data.js";

const options = { mostWidth: 100, alone: false };
function fitted(normalization: Normalization | undefined, ...cells: (string | null)[]): Feature {
  const found = fitFeature("x", "NUMBER", cells, { ...options, normalization });
  if (!("feature" in found)) throw new Error(found.reason);
  return found.feature;
}
const scaled = (feature: Feature, cell: string | null): number => {
  const out = new Float32Array(2);
  writerOf(feature)(cell, out, 0);
  return out[0] ?? Number.NaN;
};

describe("learning: normalisation of numbers", () => {
  const cells = ["1", "2", "3", "4", "10"];

  it("is by mean and deviation unless another is chosen, and then stored as before", () => {
    expect(fitted(undefined, ...cells)).to.deep.equal(fitted("STANDARD", ...cells));
    expect(fitted("STANDARD", ...cells)).to.not.have.property("normalization");
    expect(fitted("ROBUST", ...cells)).to.have.property("normalization", "ROBUST");
  });

  it("puts the training values where its name says", () => {
    const values = (normalization: Normalization): number[] => {
      const feature = fitted(normalization, ...cells);
      return cells.map((cell) => scaled(feature, cell));
    };
    const standard = values("STANDARD");
    expect(standard.reduce((sum, value) => sum + value, 0)).to.be.closeTo(0, 1e-6);
    expect(standard.reduce((sum, value) => sum + value ** 2, 0) / 5).to.be.closeTo(1, 1e-6);
    expect(Math.min(...values("MIN_MAX"))).to.equal(0);
    expect(Math.max(...values("MIN_MAX"))).to.equal(1);
    // Median 3, quartiles 2 and 4: the outlier moves neither.
    expect(values("ROBUST")).to.deep.equal([-1, -0.5, 0, 0.5, 3.5]);
    expect(values("NONE")).to.deep.equal([1, 2, 3, 4, 10]);
  });

  it("takes the median for what is missing, in the scale of the rest", () => {
    for (const normalization of normalizations) {
      const feature = fitted(normalization, ...cells, null);
      expect(scaled(feature, null)).to.equal(scaled(feature, "3"));
    }
  });

  it("leaves large numbers as they are where it was told to, and cuts wild ones otherwise", () => {
    expect(scaled(fitted("NONE", ...cells), "123456")).to.equal(123_456);
    for (const normalization of ["STANDARD", "MIN_MAX", "ROBUST"] as const)
      expect(scaled(fitted(normalization, ...cells), "1e90")).to.equal(20);
  });

  it("gives finite numbers for any column", () => {
    const column = fc.array(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), { minLength: 1 });
    fc.assert(
      fc.property(column, fc.constantFrom(...normalizations), (values, normalization) => {
        const { centre, scale } = scaleOf(
          [...values].sort((a, b) => a - b),
          normalization,
        );
        expect(Number.isFinite(centre)).to.equal(true);
        expect(scale).to.be.above(0);
        const feature = fitted(normalization, ...values.map(String));
        for (const value of values) expect(Number.isFinite(scaled(feature, String(value)))).to.equal(true);
      }),
    );
  });

  it("falls back on the deviation where most values are one", () => {
    const feature = fitted("ROBUST", ...Array<string>(20).fill("5"), "9");
    expect(Math.abs(scaled(feature, "9"))).to.be.within(1, 20);
    expect(scaled(fitted("MIN_MAX", "5", "5"), "5")).to.equal(0);
  });
});

describe("learning: trainings with another normalisation", function () {
  this.timeout(60_000);
  const { table, plan } = dataSet("penguins");

  for (const normalization of ["MIN_MAX", "ROBUST"] as const)
    it(`learn with ${normalization}, and go on to the bit`, async () => {
      const chosen = { ...plan, hyperparameters: { epochs: 4, normalization } };
      const result = await learn(table, chosen);
      const numbers = result.preprocessing.features.filter(({ kind }) => kind === "NUMBER");
      expect(
        numbers.every((each) => "normalization" in each && each.normalization === normalization),
      ).to.equal(true);
      expect(parseArtefact(result.artefact).preprocessing).to.deep.equal(result.preprocessing);
      expect(await interruptedSha256(table, chosen)).to.equal(result.sha256);
    });

  it("diverge or learn on numbers as they stand, but never end otherwise", async () => {
    const raw = { ...plan, hyperparameters: { epochs: 2, normalization: "NONE" } };
    expect(await codeOf(learn(table, raw))).to.be.oneOf(["none", "TRAINING_DIVERGED"]);
  });
});
