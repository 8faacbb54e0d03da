import { expect } from "chai";
import fc from "fast-check";
import {
  categoryDrift,
  numberDrift,
  quantilesOf,
  stabilityIndex,
} from "../../../../src/rooms/datasets/analysis/drift.js";
import { TableProfiler } from "../../../../src/rooms/datasets/reading/index.js";

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const column = (cells: readonly (string | null)[]) => {
  const profiler = new TableProfiler(["c"]);
  for (const cell of cells) profiler.add([cell]);
  const [profile] = profiler.profile().columns;
  if (!profile) throw new Error("There is one column.");
  return profile;
};

describe("drift", () => {
  it("is the population stability index", () => {
    // Shares (100.5, 50.5, 50.5) / 201.5 and (50.5, 50.5, 100.5) / 201.5, by hand.
    const [a, b] = [100.5 / 201.5, 50.5 / 201.5];
    expect(stabilityIndex([100, 50, 50], [50, 50, 100])).to.be.closeTo(2 * (a - b) * Math.log(a / b), 1e-12);
  });

  it("is never below nothing, nothing for the same, and the same both ways over the same bins", () => {
    const counts = fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        expect(stabilityIndex(a, a)).to.equal(0);
        expect(stabilityIndex(a, b)).to.be.at.least(0);
        expect(stabilityIndex(a, b)).to.be.closeTo(stabilityIndex(b, a), 1e-9);
      }),
    );
  });

  it("cuts numbers into tenths of the first, whatever the second is", () => {
    const uniform = Array.from({ length: 1_000 }, (_, at) => at);
    expect(numberDrift(sorted(uniform), sorted(uniform))).to.equal(0);
    expect(numberDrift(sorted(uniform), sorted(uniform.map((value) => value + 50)))).to.be.within(0.02, 0.5);
    expect(numberDrift(sorted(uniform), sorted(uniform.map((value) => value + 2_000)))).to.be.greaterThan(3);
    expect(numberDrift(sorted([1, 1, 1]), sorted([1, 1, 1]))).to.equal(0);
    expect(numberDrift(sorted([]), sorted([1]))).to.equal(null);
  });

  it("counts classes that only one of them has", () => {
    const before = column([...Array<string>(60).fill("a"), ...Array<string>(40).fill("b"), null]);
    const after = column([...Array<string>(60).fill("a"), ...Array<string>(40).fill("c"), null]);
    expect(categoryDrift(before, before, 101, 101)).to.equal(0);
    expect(categoryDrift(before, after, 101, 101)).to.be.greaterThan(1);
    const texts = column(Array.from({ length: 90 }, (_, at) => `text ${at}`));
    expect(categoryDrift(before, texts, 101, 90)).to.equal(null);
  });

  it("gives quantiles as NumPy does", () => {
    expect(quantilesOf(sorted([4, 1, 3, 2]), [0, 0.25, 0.5, 1])).to.deep.equal([1, 1.75, 2.5, 4]);
    expect(quantilesOf(sorted([7]), [0.05, 0.95])).to.deep.equal([7, 7]);
    expect(quantilesOf(sorted([]))).to.equal(null);
  });
});
