import { expect } from "chai";
import fc from "fast-check";
import { calibrationOf } from "../../../../src/rooms/learning/evaluation/calibration.js";
import { classEvaluations } from "../../../../src/rooms/learning/evaluation/classes.js";
import { measurerOf } from "../../../../src/rooms/learning/evaluation/measures.js";
import { residualsOf } from "../../../../src/rooms/learning/evaluation/residuals.js";
import { evaluate, metricsOf } from "../../../../src/rooms/learning/index.js";
import { anyTwo, numbers, outcomes, three, two } from "./support.js";

describe("evaluation: measures", () => {
  const near = (found: number | null | undefined, expected: number): void => {
    expect(found).to.be.closeTo(expected, 1e-12);
  };

  it("of two classes are scikit-learn's", () => {
    const measures = measurerOf(two)();
    near(measures.ACCURACY, 0.75);
    near(measures.F1, 0.7482517482517481);
    near(measures.LOSS, 0.44016925737378293);
    near(measures.BRIER_SCORE, 0.14333333333333334);
    near(measures.ROC_AREA, 0.8611111111111112);
    near(measures.AVERAGE_PRECISION, 0.8819444444444443);
  });

  it("of three classes are scikit-learn's, one against the rest", () => {
    const measures = measurerOf(three)();
    near(measures.F1, 0.5555555555555555);
    near(measures.LOSS, 0.8031434640338885);
    near(measures.BRIER_SCORE, 0.4838888888888889);
    near(measures.ROC_AREA, 0.8425925925925926);
    near(measures.AVERAGE_PRECISION, 0.762962962962963);
    const classes = classEvaluations(three);
    expect(classes.map(({ label, support }) => [label, support])).to.deep.equal([
      ["a", 3],
      ["b", 3],
      ["c", 3],
    ]);
    classes.forEach(({ precision, recall, f1 }, place) => {
      for (const score of [precision, recall, f1]) near(score, place === 0 ? 1 / 3 : 2 / 3);
    });
  });

  it("of numbers are scikit-learn's", () => {
    const measures = measurerOf(numbers)();
    near(measures.R2, 0.9413679671387909);
    near(measures.MEAN_ABSOLUTE_ERROR, 0.6);
    near(measures.ROOT_MEAN_SQUARED_ERROR, 0.733143914930759);
  });

  it("are those of `metrics`, whatever the rows", () => {
    fc.assert(
      fc.property(anyTwo(), (rows) => {
        const [measures, metrics] = [measurerOf(rows)(), metricsOf(rows)];
        if (!("f1" in metrics)) throw new Error("Classes were measured as numbers.");
        near(measures.ACCURACY, metrics.accuracy);
        near(measures.F1, metrics.f1);
        near(measures.LOSS, metrics.loss);
      }),
    );
  });

  it("with weights are those of rows that are there as often", () => {
    const weighted = fc.tuple(anyTwo(12, 12), fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }));
    fc.assert(
      fc.property(weighted, ([rows, weights]) => {
        const places = weights.flatMap((weight, place) => Array<number>(weight).fill(place));
        fc.pre(places.length > 0);
        const repeated = outcomes(
          rows.classes,
          places.map((place) => rows.actual[place] ?? -1),
          places.flatMap((place) => [...rows.outputs.subarray(place * 2, place * 2 + 2)]),
        );
        const [mine, theirs] = [measurerOf(rows)(Float64Array.from(weights)), measurerOf(repeated)()];
        for (const [name, value] of Object.entries(theirs)) {
          if (value === null) expect(mine[name as "F1"], name).to.equal(null);
          else expect(mine[name as "F1"], name).to.be.closeTo(value, 1e-9);
        }
      }),
    );
  });

  it("leave R² out where the values don't vary, also far from zero", () => {
    const flat = outcomes(null, [1e9 + 0.1, 1e9 + 0.1, 1e9 + 0.1], [1e9, 1e9 + 1, 1e9]);
    expect(measurerOf(flat)().R2).to.equal(null);
    expect(metricsOf(flat)).to.deep.include({ rows: 3 });
  });
});

describe("evaluation: calibration and residuals", () => {
  it("bins confidences as scikit-learn's calibration_curve", () => {
    const { bins, brierScore, expectedCalibrationError } = calibrationOf(two);
    const filled = bins.filter(({ rows }) => rows > 0);
    expect(filled.map(({ rows }) => rows)).to.deep.equal([4, 3, 2, 2, 1].filter((rows) => rows > 0));
    [0.5, 2 / 3, 1, 1, 1].forEach((accuracy, place) => {
      expect(filled[place]?.accuracy).to.be.closeTo(accuracy, 1e-12);
    });
    [0.5874999999999999, 0.6666666666666666, 0.8, 0.9, 0.95].forEach((confidence, place) => {
      expect(filled[place]?.confidence).to.be.closeTo(confidence, 1e-12);
    });
    expect(brierScore).to.be.closeTo(0.14333333333333334, 1e-12);
    const gap = (4 * 0.0875 + 2 * 0.2 + 2 * 0.1 + 0.05) / 12;
    expect(expectedCalibrationError).to.be.closeTo(gap, 1e-12);
  });

  it("has every row in one bin, and an error within 0 and 1", () => {
    fc.assert(
      fc.property(anyTwo(), (rows) => {
        const { bins, expectedCalibrationError } = calibrationOf(rows);
        expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).to.equal(rows.actual.length);
        expect(expectedCalibrationError).to.be.within(0, 1);
        for (const { from, to, confidence } of bins)
          if (confidence !== null) expect(confidence).to.be.within(from - 1e-12, to + 1e-12);
      }),
    );
  });

  it("describes residuals as NumPy", () => {
    const { mean, standardDeviation, quantiles, histogram } = residualsOf(numbers);
    expect(mean).to.be.closeTo(-0.0749999999999999, 1e-12);
    expect(standardDeviation).to.be.closeTo(0.7796519369931322, 1e-12);
    [-1, -0.93, -0.575, -0.2, 0.275, 1.085, 1.4].forEach((value, place) => {
      expect(quantiles[place]?.value).to.be.closeTo(value, 1e-12);
    });
    expect(histogram.map(({ rows }) => rows)).to.deep.equal([
      1, 1, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  it("has one bar for residuals that are all equal, and no deviation for one row", () => {
    const one = residualsOf(outcomes(null, [5], [3]));
    expect(one).to.deep.include({ mean: 2, standardDeviation: null });
    expect(one.histogram).to.deep.equal([{ from: 2, to: 2, rows: 1 }]);
  });
});

describe("evaluation: of a version", () => {
  it("is the same to the bit for the same seed, and draws anew for another", () => {
    const [first, again, other] = [1, 1, 2].map((seed) => evaluate(two, seed));
    expect(again).to.deep.equal(first);
    expect(other?.intervals).to.not.deep.equal(first?.intervals);
    expect(other?.classes).to.deep.equal(first?.classes);
  });

  it("holds what fits the type, as plain JSON", () => {
    const [classes, values] = [evaluate(three, 1), evaluate(numbers, 1)];
    expect(classes).to.deep.include({ rows: 9, resamples: 1_000, residuals: null });
    expect(classes.intervals.map(({ metric }) => metric)).to.include.members(["ACCURACY", "F1", "ROC_AREA"]);
    expect(classes.intervals.find(({ metric }) => metric === "ACCURACY")?.method).to.equal("WILSON");
    expect(values).to.deep.include({ rows: 8, classes: null, calibration: null, rocArea: null });
    expect(values.intervals.map(({ metric }) => metric)).to.deep.equal([
      "R2",
      "MEAN_ABSOLUTE_ERROR",
      "ROOT_MEAN_SQUARED_ERROR",
    ]);
    for (const evaluation of [classes, values])
      expect(JSON.parse(JSON.stringify(evaluation))).to.deep.equal(evaluation);
  });

  it("says of one row what can be said", () => {
    const { resamples, intervals, rocArea } = evaluate(outcomes(["a", "b"], [0], [0.9, 0.1]), 1);
    expect({ resamples, rocArea }).to.deep.equal({ resamples: 0, rocArea: null });
    expect(intervals.map(({ metric }) => metric)).to.deep.equal(["ACCURACY"]);
  });

  it("keeps no curves of very many classes", () => {
    const names = Array.from({ length: 41 }, (_, place) => `class ${place}`);
    const flat = names.map(() => 1 / 41);
    const { classes } = evaluate(outcomes(names, [0, 1], [...flat, ...flat]), 1);
    expect(classes).to.have.length(41);
    expect(classes?.every(({ roc, precisionRecall }) => roc === null && precisionRecall === null)).to.equal(
      true,
    );
  });
});
