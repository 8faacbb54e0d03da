import { expect } from "chai";
import fc from "fast-check";
import {
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
} from "../../../../src/rooms/learning/evaluation/curves.js";
import { areasOf, rank, type Ranking } from "../../../../src/rooms/learning/evaluation/ranking.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { anyTwo, outcomes, three, two } from "./support.js";

const rankingOf = ({ actual, outputs, classes }: typeof two, place = 1): Ranking =>
  rank(actual, outputs, classes?.length ?? 1, place);

const trapezoids = (points: readonly RocPoint[]): number =>
  points.slice(1).reduce((area, point, index) => {
    const before = points[index] ?? point;
    return (
      area +
      ((point.falsePositiveRate - before.falsePositiveRate) *
        (point.truePositiveRate + before.truePositiveRate)) /
        2
    );
  }, 0);

const steps = (points: readonly { recall: number; precision: number }[]): number =>
  points
    .slice(1)
    .reduce(
      (area, { recall, precision }, index) => area + (recall - (points[index]?.recall ?? 0)) * precision,
      0,
    );

/** Many rows without ties, whose scores say something of the truth. */
function many(rows: number): typeof two {
  const random = seededRandom("many", rows);
  const facts = Array.from({ length: rows }, () => {
    const truth = Number(random() < 0.3);
    return { truth, score: (random() + random() + truth) / 3 };
  });
  return outcomes(
    ["no", "yes"],
    facts.map(({ truth }) => truth),
    facts.flatMap(({ score }) => [1 - score, score]),
  );
}

describe("evaluation: ROC and precision-recall curves", () => {
  it("have the areas of scikit-learn, with ties", () => {
    const { rocArea, averagePrecision } = areasOf(rankingOf(two));
    expect(rocArea).to.be.closeTo(0.8611111111111112, 1e-14);
    expect(averagePrecision).to.be.closeTo(0.8819444444444443, 1e-14);
    const classes = [0, 1, 2].map((place) => areasOf(rankingOf(three, place)));
    [0.75, 0.861111111111111, 0.9166666666666666].forEach((area, place) => {
      expect(classes[place]?.rocArea).to.be.closeTo(area, 1e-14);
    });
    [0.6666666666666667, 0.7555555555555555, 0.8666666666666667].forEach((precision, place) => {
      expect(classes[place]?.averagePrecision).to.be.closeTo(precision, 1e-14);
    });
  });

  it("go through the points of scikit-learn, but for those in the middle of a straight line", () => {
    const points = rocCurve(rankingOf(two), 200);
    expect(points.map(({ falsePositiveRate }) => falsePositiveRate)).to.deep.equal([
      0,
      0,
      1 / 6,
      0.5,
      0.5,
      1,
    ]);
    expect(points.map(({ truePositiveRate }) => truePositiveRate)).to.deep.equal([
      0,
      4 / 6,
      4 / 6,
      5 / 6,
      1,
      1,
    ]);
    expect(points.map(({ threshold }) => threshold)).to.deep.equal([null, 0.65, 0.55, 0.4, 0.35, 0.05]);
    expect(precisionRecallCurve(rankingOf(two), 200)).to.deep.equal([
      { recall: 0, precision: 1, threshold: null },
      { recall: 1 / 6, precision: 1, threshold: 0.9 },
      { recall: 2 / 6, precision: 1, threshold: 0.8 },
      { recall: 3 / 6, precision: 1, threshold: 0.7 },
      { recall: 4 / 6, precision: 1, threshold: 0.65 },
      { recall: 5 / 6, precision: 0.625, threshold: 0.4 },
      { recall: 1, precision: 6 / 9, threshold: 0.35 },
    ]);
  });

  it("have the area of all pairs: how often a row of the class scores above one that is not, ties by half", () => {
    fc.assert(
      fc.property(anyTwo(), (rows) => {
        const ranking = rankingOf(rows);
        const [mine, others] = [1, 0].map((kind) =>
          [...ranking.scores].filter((_, row) => ranking.positive[row] === kind),
        );
        const wins = (mine ?? []).flatMap((a) =>
          (others ?? []).map((b) => Number(a > b) + Number(a === b) / 2),
        );
        const { rocArea } = areasOf(ranking);
        if (wins.length === 0) expect(rocArea).to.equal(null);
        else expect(rocArea).to.be.closeTo(wins.reduce((a, b) => a + b, 0) / wins.length, 1e-12);
      }),
    );
  });

  it("keep their areas with all points of a few rows", () => {
    fc.assert(
      fc.property(anyTwo(), (rows) => {
        const ranking = rankingOf(rows);
        const { rocArea, averagePrecision } = areasOf(ranking);
        if (rocArea !== null) expect(trapezoids(rocCurve(ranking, 200))).to.be.closeTo(rocArea, 1e-12);
        if (averagePrecision !== null)
          expect(steps(precisionRecallCurve(ranking, 200))).to.be.closeTo(averagePrecision, 1e-12);
      }),
    );
  });

  for (const [rows, most] of [
    [5_000, 200],
    [5_000, 25],
    [60_000, 200],
  ] as const)
    it(`keep their areas with at most ${most} points of ${rows} rows`, () => {
      const ranking = rankingOf(many(rows));
      const { rocArea, averagePrecision } = areasOf(ranking);
      const [roc, precisionRecall] = [rocCurve(ranking, most), precisionRecallCurve(ranking, most)];
      expect(Math.max(roc.length, precisionRecall.length)).to.be.within(most / 2, most);
      expect(trapezoids(roc)).to.be.closeTo(rocArea ?? 0, 1 / (2 * most));
      expect(steps(precisionRecall)).to.be.closeTo(averagePrecision ?? 0, 1e-12);
      expect(roc.at(0)).to.deep.include({ falsePositiveRate: 0, truePositiveRate: 0 });
      expect(roc.at(-1)).to.deep.include({ falsePositiveRate: 1, truePositiveRate: 1 });
      expect(precisionRecall.at(-1)?.recall).to.equal(1);
    });

  it("rise along both axes", () => {
    fc.assert(
      fc.property(anyTwo(), fc.integer({ min: 5, max: 20 }), (rows, most) => {
        const points = rocCurve(rankingOf(rows), most);
        points.slice(1).forEach((point, index) => {
          expect(point.falsePositiveRate).to.be.at.least(points[index]?.falsePositiveRate ?? 0);
          expect(point.truePositiveRate).to.be.at.least(points[index]?.truePositiveRate ?? 0);
        });
      }),
    );
  });

  it("are not there without rows of both kinds", () => {
    const only = outcomes(["no", "yes"], [1, 1], [0.2, 0.8, 0.4, 0.6]);
    expect(rocCurve(rankingOf(only), 200)).to.deep.equal([]);
    expect(areasOf(rankingOf(only))).to.deep.equal({ rocArea: null, averagePrecision: 1 });
    expect(precisionRecallCurve(rankingOf(only, 0), 200)).to.deep.equal([]);
    expect(areasOf(rankingOf(only, 0))).to.deep.equal({ rocArea: null, averagePrecision: null });
  });
});
