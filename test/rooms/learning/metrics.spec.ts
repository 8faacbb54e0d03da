import { expect } from "chai";
import fc from "fast-check";
import { classificationMetrics, regressionMetrics } from "../../../src/rooms/learning/metrics.js";
import { describe as inWords } from "../../../src/rooms/learning/prediction.js";
import { softmax } from "../../../src/rooms/learning/predictor.js";

/** Probabilities where `predicted[row]` is likeliest, with 0.8 of 1. */
const sure = (predicted: number[], classes: number) =>
  Float64Array.from(
    predicted.flatMap((hit) =>
      Array.from({ length: classes }, (_, at) => (at === hit ? 0.8 : 0.2 / (classes - 1))),
    ),
  );

describe("learning: metrics", () => {
  it("measures a classification as by hand", () => {
    const metrics = classificationMetrics([0, 0, 0, 1, 1, 2], sure([0, 0, 1, 1, 2, 2], 3), 3);
    expect(metrics.confusion).to.deep.equal([
      [2, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
    expect(metrics.accuracy).to.be.closeTo(4 / 6, 1e-12);
    // Precision 2/2, 1/2, 1/2; recall 2/3, 1/2, 1/1; F1 0.8, 0.5, 2/3.
    expect(metrics.precision).to.be.closeTo(2 / 3, 1e-12);
    expect(metrics.recall).to.be.closeTo((2 / 3 + 1 / 2 + 1) / 3, 1e-12);
    expect(metrics.f1).to.be.closeTo((0.8 + 0.5 + 2 / 3) / 3, 1e-12);
    expect(metrics.loss).to.be.closeTo(-(4 * Math.log(0.8) + 2 * Math.log(0.1)) / 6, 1e-12);
    expect(metrics.rows).to.equal(6);
  });

  it("counts a class that training did not see as wrong", () => {
    const metrics = classificationMetrics([0, -1], sure([0, 1], 2), 2);
    expect(metrics).to.deep.include({
      accuracy: 0.5,
      unseenRows: 1,
      confusion: [
        [1, 0],
        [0, 0],
      ],
    });
    expect(metrics.loss).to.be.closeTo(-(Math.log(0.8) + Math.log(1e-15)) / 2, 1e-9);
  });

  it("leaves classes that occur nowhere out of the averages", () => {
    const metrics = classificationMetrics([0, 1], sure([0, 1], 5), 5);
    expect(metrics).to.deep.include({ accuracy: 1, precision: 1, recall: 1, f1: 1 });
  });

  it("stays finite for a probability of zero and for no rows", () => {
    expect(classificationMetrics([1], Float64Array.of(1, 0), 2).loss).to.be.closeTo(-Math.log(1e-15), 1e-9);
    expect(classificationMetrics([], new Float64Array(), 2)).to.deep.include({
      accuracy: 0,
      loss: 0,
      rows: 0,
    });
  });

  it("measures a regression as by hand", () => {
    const metrics = regressionMetrics([1, 2, 3, 6], Float64Array.of(2, 2, 2, 5));
    // Errors -1, 0, 1, 1; the mean is 3, the squares around it 4 + 1 + 0 + 9.
    expect(metrics).to.deep.include({ loss: 0.75, meanAbsoluteError: 0.75, rows: 4 });
    expect(metrics.r2).to.be.closeTo(1 - 3 / 14, 1e-12);
    expect(metrics.rootMeanSquaredError).to.be.closeTo(Math.sqrt(0.75), 1e-12);
  });

  it("has no R² where the target does not vary", () => {
    expect(regressionMetrics([2, 2], Float64Array.of(1, 3)).r2).to.equal(null);
  });

  it("turns any scores into probabilities", () => {
    const score = (size: number) =>
      fc.float({ noNaN: true, min: Math.fround(-size), max: Math.fround(size) });
    const scores = fc.array(fc.tuple(score(1e30), score(80)));
    fc.assert(
      fc.property(scores, (rows) => {
        const result = softmax(Float32Array.from(rows.flat()), 2);
        rows.forEach((_, row) => {
          const [a = Number.NaN, b = Number.NaN] = result.subarray(row * 2, row * 2 + 2);
          expect(a + b).to.be.closeTo(1, 1e-12);
          expect(Math.min(a, b)).to.be.at.least(0);
        });
      }),
    );
  });

  it("puts outputs into words, the likeliest class first", () => {
    const [first] = inWords({ classes: ["a", "b", "c"], polarities: null }, Float64Array.of(0.2, 0.7, 0.1));
    expect(first).to.deep.include({ label: "b", confidence: 0.7, value: null });
    expect(first?.probabilities?.map(({ label }) => label)).to.deep.equal(["b", "a", "c"]);
    const polar = { classes: ["negative", "neutral", "positive"], polarities: [-1, 0, 1] };
    const [felt] = inWords(polar, Float64Array.of(0.25, 0.25, 0.5));
    expect(felt).to.deep.include({ label: "positive", confidence: 0.5, value: 0.25 });
    const number = { label: null, value: 4.5, confidence: null, probabilities: null };
    expect(inWords({ classes: null, polarities: null }, Float64Array.of(4.5))).to.deep.equal([number]);
  });
});
