import { expect } from "chai";
import fc from "fast-check";
import { mcnemar } from "../../../../src/rooms/learning/evaluation/mcnemar.js";
import {
  percentileInterval,
  quantile,
  wilsonInterval,
} from "../../../../src/rooms/learning/evaluation/interval.js";
import { keptOutcomes, mostKept } from "../../../../src/rooms/learning/evaluation/outcomes.js";
import { mostWork, resample, resamplesFor } from "../../../../src/rooms/learning/evaluation/bootstrap.js";
import {
  compareOutcomes,
  keptRows,
  type Outcomes,
  outcomesFrom,
  packOutcomes,
  sharedOutcomes,
  unpackOutcomes,
} from "../../../../src/rooms/learning/index.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { anyTwo, numbers, outcomes, three, two } from "./support.js";

/** A model of two classes that is right on these rows, always with the same confidence. */
const rightOn = (right: readonly boolean[]): Outcomes =>
  outcomes(
    ["no", "yes"],
    right.map((_, row) => row % 2),
    right.flatMap((is, row) => ((row % 2 === 0) === is ? [0.8, 0.2] : [0.2, 0.8])),
  );

describe("evaluation: intervals", () => {
  it("of a share are Wilson's, as SciPy gives them", () => {
    for (const [hits, rows, lower, upper] of [
      [0, 10, 0, 0.27753279986288926],
      [7, 10, 0.39677814746114526, 0.892208732593699],
      [83, 86, 0.9023912889743924, 0.9880662019225916],
      [430, 450, 0.932351699493918, 0.9710474766531532],
      [1, 1, 0.20654931437723745, 1],
    ] as const) {
      const interval = wilsonInterval(hits, rows);
      expect(interval.lower).to.be.closeTo(lower, 1e-12);
      expect(interval.upper).to.be.closeTo(upper, 1e-12);
    }
    expect(wilsonInterval(0, 0)).to.deep.equal({ lower: 0, upper: 1 });
  });

  it("take quantiles between neighbours", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).to.equal(2.5);
    expect([quantile([7], 0.3), quantile([], 0.5)]).to.deep.equal([7, Number.NaN]);
  });

  it("are not made of a few resamples, nor where most have no value", () => {
    expect(percentileInterval(Array<number>(39).fill(1))).to.equal(null);
    expect(percentileInterval([...Array<number>(49).fill(1), ...Array<null>(51).fill(null)])).to.equal(null);
    expect(percentileInterval(Array<number>(100).fill(1))).to.deep.equal({ lower: 1, upper: 1 });
  });

  it("hold the truth about as often as they say", () => {
    const random = seededRandom("coverage");
    let held = 0;
    for (let time = 0; time < 200; time++) {
      const values = Array.from({ length: 60 }, () => random() + random() + random());
      const mean = (weights: Float64Array): number =>
        values.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0) / 60;
      const measurer = (weights?: Float64Array) => ({ R2: weights ? mean(weights) : null });
      const samples = [...resample(60, [measurer], 300, time)].map(([sample]) => sample?.R2 ?? null);
      const interval = percentileInterval(samples);
      held += Number(interval !== null && interval.lower <= 1.5 && 1.5 <= interval.upper);
    }
    expect(held / 200).to.be.within(0.88, 0.99);
  });

  it("have as many resamples as the rows allow", () => {
    expect([resamplesFor(80, 3), resamplesFor(25_000, 10), resamplesFor(10_000_000, 2)]).to.deep.equal([
      1_000, 666, 100,
    ]);
    expect([
      resamplesFor(450, 20, mostWork.answering),
      resamplesFor(20_000, 4, mostWork.answering),
    ]).to.deep.equal([1_000, 416]);
  });
});

describe("evaluation: two versions", () => {
  it("differ by McNemar's exact test as SciPy says", () => {
    for (const [first, second, pValue] of [
      [0, 0, 1],
      [1, 5, 0.21875],
      [3, 12, 0.03515625],
      [40, 60, 0.05688793364098088],
      [700, 800, 0.01055925546671162],
    ] as const) {
      const rows = first + second;
      const test = mcnemar(
        Array.from({ length: rows + 5 }, (_, row) => row < first || row >= rows),
        Array.from({ length: rows + 5 }, (_, row) => row >= first),
      );
      expect(test).to.deep.include({ onlyFirst: first, onlySecond: second });
      expect(test.pValue).to.be.closeTo(pValue, 1e-10);
    }
  });

  it("are surely different where one is right on many rows more", async () => {
    const [worse, better] = [0.6, 0.9].map((share) =>
      rightOn(Array.from({ length: 200 }, (_, row) => ((row * 37) % 200) / 200 < share)),
    ) as [Outcomes, Outcomes];
    const found = await compareOutcomes(worse, better, 0);
    expect(found).to.deep.include({ rows: 200, better: "SECOND", certain: true, decidedBy: "ACCURACY" });
    const accuracy = found.differences.find(({ metric }) => metric === "ACCURACY");
    expect(accuracy?.difference).to.be.closeTo(0.3, 1e-12);
    expect(accuracy?.lower).to.be.within(0.2, 0.3);
    expect(accuracy?.upper).to.be.within(0.3, 0.4);
    const turned = await compareOutcomes(better, worse, 0);
    expect(turned).to.deep.include({ better: "FIRST", certain: true });
  });

  it("may differ by chance on a few rows", async () => {
    const [one, other] = [5, 6].map((right) =>
      rightOn(Array.from({ length: 8 }, (_, row) => row < right)),
    ) as [Outcomes, Outcomes];
    expect(await compareOutcomes(one, other, 0)).to.deep.include({ better: "SECOND", certain: false });
  });

  it("are equal to themselves, whatever the rows", async () => {
    await fc.assert(
      fc.asyncProperty(anyTwo(2, 30), async (rows) => {
        const found = await compareOutcomes(rows, rows, 0);
        expect(found).to.deep.include({ better: null, certain: false });
        expect(found.mcnemar).to.deep.equal({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
        for (const { difference, lower, upper } of found.differences)
          expect([difference, lower ?? 0, upper ?? 0]).to.deep.equal([0, 0, 0]);
      }),
      { numRuns: 20 },
    );
  });

  it("of numbers are told apart by their squared errors, of which less is better", async () => {
    const actual = Array.from({ length: 100 }, (_, row) => row);
    const close = outcomes(
      null,
      actual,
      actual.map((value, row) => value + (row % 3) - 1),
    );
    const far = outcomes(
      null,
      actual,
      actual.map((value, row) => value + ((row % 5) - 2) * 4),
    );
    const found = await compareOutcomes(close, far, 0);
    expect(found).to.deep.include({ better: "FIRST", certain: true, mcnemar: null });
    expect(found.decidedBy).to.equal("ROOT_MEAN_SQUARED_ERROR");
    expect(found.metrics[0]).to.have.property("r2");
  });

  it("are compared on the rows that both have", () => {
    const places = (from: Outcomes, rows: number[]): Outcomes => ({ ...from, rows });
    const [first, second] = sharedOutcomes(
      places(numbers, [3, 7, 11, 15, 19, 23, 27, 31]),
      places(numbers, [1, 3, 5, 7, 9, 11, 13, 15]),
    );
    expect(first.rows).to.deep.equal([3, 7, 11, 15]);
    expect(second.rows).to.deep.equal([3, 7, 11, 15]);
    expect([...first.outputs]).to.deep.equal([2.5, 0, 2, 8]);
    expect([...second.outputs]).to.deep.equal([0, 8, 1.9, 0.4]);
  });
});

describe("evaluation: outcomes", () => {
  for (const [name, kept] of Object.entries({ two, three, numbers }))
    it(`of ${name} come out of their bytes to the bit`, () => {
      expect(unpackOutcomes(packOutcomes(kept))).to.deep.equal(kept);
    });

  it("are kept of the same rows in two versions, where there are too many", () => {
    const some = keptRows(
      Array.from({ length: 1_000 }, (_, row) => row * 4 + 3),
      100,
    );
    const all = Array.from({ length: 4_000 }, (_, row) => row);
    expect(some).to.have.length(100);
    const most = keptRows(all, 400).map((place) => all[place] ?? 0);
    const shared = some.map((place) => place * 4 + 3).filter((row) => most.includes(row));
    expect(shared.length).to.be.greaterThan(60);
  });

  it("are bounded by rows and by values", () => {
    const rows = mostKept.rows + 10;
    const actual = Array.from({ length: rows }, (_, row) => row);
    expect(keptOutcomes(outcomes(null, actual, actual)).rows).to.have.length(mostKept.rows);
    const names = Array.from({ length: 1_000 }, (_, place) => String(place));
    const wide = keptOutcomes({
      classes: names,
      rows: actual.slice(0, 300),
      actual: actual.slice(0, 300),
      outputs: new Float64Array(300_000),
    });
    expect(wide.rows).to.have.length(262);
    expect(wide.outputs).to.have.length(262_000);
  });

  it("are made of predictions, without rows that have no target", () => {
    const prediction = {
      label: "yes",
      value: null,
      confidence: 0.7,
      probabilities: [
        { label: "yes", probability: 0.7 },
        { label: "no", probability: 0.3 },
      ],
    };
    const rows = ["no", null, "maybe"].map((target, place) => ({ place, target, prediction }));
    const made = outcomesFrom(["no", "yes"], rows);
    expect(made).to.deep.include({ rows: [0, 2], actual: [0, -1] });
    expect([...made.outputs]).to.deep.equal([0.3, 0.7, 0.3, 0.7]);
    const number = { label: null, value: 4.5, confidence: null, probabilities: null };
    const values = outcomesFrom(null, [{ place: 7, target: "3.5", prediction: number }]);
    expect(values).to.deep.include({ rows: [7], actual: [3.5] });
    expect([...values.outputs]).to.deep.equal([4.5]);
  });
});
