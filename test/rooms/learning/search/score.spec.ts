import { expect } from "chai";
import fc from "fast-check";
import {
  compareScores,
  measuresType,
  metricFor,
  type Score,
} from "../../../../src/rooms/learning/search/index.js";
import { ranked, scoreOf } from "../../../../src/rooms/learning/search/score.js";

const score = (value: number | null, loss: number | null = null): Score => ({ value, loss, deviation: null });

describe("learning: scores of settings", () => {
  it("are means over the folds, each by its rows", () => {
    const folds = [
      { rows: 30, measures: { ACCURACY: 0.9, LOSS: 0.2 } },
      { rows: 10, measures: { ACCURACY: 0.5, LOSS: 0.6 } },
    ];
    const { value, deviation, loss } = scoreOf(folds, "ACCURACY");
    expect(value).to.be.closeTo(0.8, 1e-12);
    expect(loss).to.be.closeTo(0.3, 1e-12);
    expect(deviation).to.be.closeTo(Math.sqrt(0.1), 1e-12);
  });

  it("have no deviation over one fold, and no value where the rows leave it undefined", () => {
    const one = scoreOf([{ rows: 10, measures: { R2: null, ROOT_MEAN_SQUARED_ERROR: 2 } }], "R2");
    expect(one).to.deep.equal({ value: null, deviation: null, loss: 2 });
    const partly = scoreOf(
      [
        { rows: 10, measures: { R2: null } },
        { rows: 10, measures: { R2: 0.4 } },
      ],
      "R2",
    );
    expect(partly.value).to.equal(0.4);
  });

  it("compare by the metric in its own direction; what is undefined comes last", () => {
    expect(compareScores("ACCURACY", score(0.9), score(0.8))).to.equal(-1);
    expect(compareScores("LOSS", score(0.9), score(0.8))).to.equal(1);
    expect(compareScores("R2", score(null), score(-3))).to.equal(1);
    expect(compareScores("LOSS", score(null), score(9))).to.equal(1);
    expect(compareScores("R2", score(0.5, 1), score(0.5, 2))).to.equal(-1);
    expect(compareScores("R2", score(0.5), score(0.5))).to.equal(0);
  });

  it("are ordered: antisymmetric and transitive", () => {
    const any = fc.record({
      value: fc.option(fc.constantFrom(0, 0.25, 0.5, 1)),
      loss: fc.option(fc.constantFrom(0, 1, 2)),
      deviation: fc.constant(null),
    });
    fc.assert(
      fc.property(any, any, any, fc.constantFrom("ACCURACY" as const, "LOSS" as const), (a, b, c, metric) => {
        const by = (x: Score, y: Score): number => compareScores(metric, x, y);
        expect(by(a, b) + by(b, a)).to.equal(0);
        if (by(a, b) <= 0 && by(b, c) <= 0) expect(by(a, c)).to.be.at.most(0);
      }),
    );
  });

  it("go by what measures the type", () => {
    expect([metricFor("REGRESSION"), metricFor("IMAGE")]).to.deep.equal(["R2", "ACCURACY"]);
    expect(measuresType("R2", "REGRESSION")).to.equal(true);
    expect(measuresType("R2", "CLASSIFICATION")).to.equal(false);
    expect(measuresType("ROC_AREA", "REGRESSION")).to.equal(false);
    expect(measuresType("F1", "SENTIMENT")).to.equal(true);
  });
});

describe("learning: the order of settings", () => {
  const named = (
    name: string,
    value: number | null,
    loss: number | null,
    deviation: number | null = 0.06,
  ): { name: string; score: Score } => ({
    name,
    score: { value, loss, deviation },
  });
  const namesOf = (...[metric, folds, scored]: Parameters<typeof ranked<ReturnType<typeof named>>>): string =>
    ranked(metric, folds, scored)
      .map(({ name }) => name)
      .join(" ");
  // One standard error of the best: 0.06 / √4 = 0.03.
  const few = [
    named("lucky", 0.88, 0.6),
    named("worse", 0.84, 0.1),
    named("better", 0.86, 0.3),
    named("unknown", null, 0.01),
    named("good", 0.87, 0.4),
  ];

  it("goes by the log loss among those within one standard error of the best, and by the score beyond", () => {
    expect(namesOf("ACCURACY", 4, few)).to.equal("better good lucky worse unknown");
    expect(namesOf("F1", 4, few)).to.equal("better good lucky worse unknown");
  });

  it("goes by the score alone where each row counts by how right it is, and where no error is known", () => {
    expect(namesOf("ROC_AREA", 4, few)).to.equal("lucky good better worse unknown");
    expect(namesOf("R2", 4, few)).to.equal("lucky good better worse unknown");
    const once = few.map(({ name, score: { value, loss } }) => named(name, value, loss, null));
    expect(namesOf("ACCURACY", 1, once)).to.equal("lucky good better worse unknown");
  });

  it("keeps the order of equals, and none of nothing", () => {
    expect(namesOf("ACCURACY", 4, [named("a", 0.9, 0.2), named("b", 0.9, 0.2)])).to.equal("a b");
    expect(namesOf("ACCURACY", 4, [named("a", 0.9, null), named("b", 0.88, 0.2)])).to.equal("b a");
    expect(namesOf("ACCURACY", 4, [])).to.equal("");
  });

  it("is one of all that are scored, and nobody within it lost more than a standard error", () => {
    const any = fc.record({
      value: fc.integer({ min: 0, max: 20 }).map((rows) => rows / 20),
      loss: fc.option(fc.integer({ min: 0, max: 9 })),
      deviation: fc.constantFrom(0, 0.05, 0.2),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 12 }), (scores) => {
        const scored = scores.map((one, number) => ({ number, score: one }));
        const order = ranked("ACCURACY", 5, scored);
        expect(order).to.have.members(scored);
        const [best] = scores.toSorted((a, b) => compareScores("ACCURACY", a, b));
        const squares = scores.reduce((sum, { deviation }) => sum + deviation ** 2, 0);
        const margin = Math.sqrt(squares / scores.length / 5);
        expect(order[0]?.score.value).to.be.at.least((best?.value ?? 0) - margin);
      }),
    );
  });
});
