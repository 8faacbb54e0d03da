import { expect } from "chai";
import fc from "fast-check";
import { resample } from "../../../../src/rooms/learning/evaluation/bootstrap.js";
import {
  evaluate,
  type Outcomes,
  packOutcomes,
  sharedOutcomes,
  unpackOutcomes,
} from "../../../../src/rooms/learning/evaluation/index.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

/** Errors that stay alike for twenty rows, as those of overlapping forecasts do. */
function dependent(rows: number, block?: number): Outcomes {
  const random = seededRandom("dependent", rows);
  let error = 0;
  const errors = Float64Array.from({ length: rows }, (_, row) =>
    row % 20 === 0 ? (error = random() * 2) : error,
  );
  const places = Array.from(errors, (_, row) => row);
  return {
    classes: null,
    rows: places,
    actual: places,
    outputs: errors.map((value, row) => row + value),
    block,
  };
}

/** Width of the interval of the mean absolute error. */
function widthOf(outcomes: Outcomes): number {
  const interval = evaluate(outcomes, 1).intervals.find(({ metric }) => metric === "MEAN_ABSOLUTE_ERROR");
  return (interval?.upper ?? Number.NaN) - (interval?.lower ?? Number.NaN);
}

describe("learning: resamples of forecasts", () => {
  it("draw as many rows as there are, in runs of the block", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 80 }), (rows, block) => {
        const seen: number[][] = [];
        const keep = (weights?: Float64Array) => {
          seen.push([...(weights ?? [])]);
          return {};
        };
        expect([...resample(rows, [keep], 3, 1, block)]).to.have.length(3);
        for (const weights of seen) {
          expect(weights.reduce((sum, weight) => sum + weight, 0)).to.equal(rows);
          // A run never ends before the block does, so there are no more runs than blocks fit in.
          const begins = weights.filter((weight, row) => weight > (weights.at(row - 1) ?? 0)).length;
          expect(begins).to.be.at.most(Math.ceil(rows / block));
        }
      }),
    );
  });

  it("say honestly how unsure a measure is where errors depend on one another", () => {
    const [alone, together] = [widthOf(dependent(1_000)), widthOf(dependent(1_000, 40))];
    // Twenty rows with one error say as little as one: the interval is wider by up to the square root of twenty.
    expect(together / alone).to.be.within(2.5, 6);
    expect(widthOf(dependent(1_000, 1))).to.equal(alone);
  });

  it("keep their block with the outcomes, packed and paired", () => {
    const outcomes = dependent(40, 9);
    expect(unpackOutcomes(packOutcomes(outcomes))).to.deep.equal(outcomes);
    expect(
      sharedOutcomes(outcomes, dependent(30, 4)).map(({ block, rows }) => [block, rows.length]),
    ).to.deep.equal([
      [9, 30],
      [4, 30],
    ]);
    const without = unpackOutcomes(packOutcomes(dependent(40)));
    expect(without.block).to.equal(undefined);
  });
});
