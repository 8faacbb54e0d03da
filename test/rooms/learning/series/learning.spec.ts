import { expect } from "chai";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import { parseArtefact, signatureOf } from "../../../../src/rooms/learning/artefact.js";
import type { LearningPlan } from "../../../../src/rooms/learning/index.js";
import { Learning } from "../../../../src/rooms/learning/learning.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import type { Table } from "../../../../src/rooms/learning/preprocessing.js";
import { observationsOf } from "../../../../src/rooms/learning/series/request.js";
import { unpackOutcomes } from "../../../../src/rooms/learning/evaluation/index.js";
import { forecastLearnt, measured, planFor, planOf, seriesSet, tableOf, targetOf, waves } from "./support.js";

/** What a training ends with before its first epoch. */
async function refusal(
  table: Table,
  plan: LearningPlan,
): Promise<{ code: string; message: string; path?: string }> {
  try {
    (await Learning.start(table, plan)).dispose();
    return { code: "none", message: "" };
  } catch (error) {
    if (!(error instanceof TenfoldError)) throw error;
    const [field] = (error.extensions.fields ?? []) as { path: string }[];
    return { code: error.code, message: error.message, path: field?.path };
  }
}

const observations = (values: readonly number[]): Record<string, number>[] => values.map((y) => ({ y }));

describe("learning: time series", function () {
  this.timeout(60_000);

  it("forecasts passengers a year ahead far better than the year before says", async () => {
    const result = await forecastLearnt(seriesSet("airline-passengers"), planFor("airline-passengers"));
    expect(targetOf(result)).to.include({ timeColumn: "Month", window: 24, horizon: 12, season: 12 });
    const { forecast, meanAbsoluteError, rows } = measured(result);
    const { model, naive, seasonalNaive } = forecast;
    expect({ forecasts: forecast.forecasts, rows }).to.deep.equal({ forecasts: 25, rows: 36 });
    expect(result.rows).to.deep.equal({ train: 86, validation: 22, test: 36, dropped: 0 });
    // By an independent computation of both baselines on the same 25 × 12 forecasts.
    expect(naive.meanAbsoluteError).to.be.closeTo(74.287, 0.001);
    expect(naive.rootMeanSquaredError).to.be.closeTo(95.201, 0.001);
    expect(seasonalNaive?.meanAbsoluteError).to.be.closeTo(38.61, 0.001);
    expect(seasonalNaive?.rootMeanSquaredError).to.be.closeTo(44.256, 0.001);
    expect(model.meanAbsoluteError).to.equal(meanAbsoluteError).and.to.be.at.most(23);
    expect(model.rootMeanSquaredError).to.be.at.most(28);
    expect(model.meanAbsoluteScaledError).to.be.at.most(0.85);
    expect(model.steps.map(({ step }) => step)).to.deep.equal(Array.from({ length: 12 }, (_, at) => at + 1));
    const mean = model.steps.reduce((sum, step) => sum + step.meanAbsoluteError, 0) / 12;
    expect(mean).to.be.closeTo(meanAbsoluteError, 1e-9);
  });

  it("keeps what it said of each held-out step by its place", async () => {
    const result = await forecastLearnt(tableOf(waves(120, 6)), planOf({ window: 8, horizon: 2, season: 6 }));
    const { rows, actual, outputs, block } = unpackOutcomes(result.outcomes ?? new Uint8Array());
    expect(rows.slice(0, 4)).to.deep.equal([90_000, 90_001, 91_000, 91_001]);
    expect(rows).to.have.length(2 * 29);
    expect(block).to.equal(4);
    expect(actual[1]).to.equal(waves(120, 6)[91]);
    const error =
      actual.reduce((sum, value, at) => sum + Math.abs(value - (outputs[at] ?? 0)), 0) / actual.length;
    expect(error).to.be.closeTo(measured(result).meanAbsoluteError, 1e-9);
    const interval = result.evaluation.intervals.find(({ metric }) => metric === "MEAN_ABSOLUTE_ERROR");
    expect(interval?.lower).to.be.below(error);
    expect(interval?.upper).to.be.above(error);
  });

  it("reads its artefact back and says the same of a history, alone and among others", async () => {
    const values = waves(160, 12);
    const result = await forecastLearnt(tableOf(values), planOf({ horizon: 5 }));
    const artefact = parseArtefact(result.artefact, result.sha256);
    expect(artefact.preprocessing).to.deep.equal(result.preprocessing);
    expect(signatureOf(artefact.preprocessing)).to.deep.equal({
      inputs: [{ column: "y", kind: "NUMBER", categories: null }],
      ignored: [],
      output: { column: "y", type: "TIME_SERIES", classes: null },
      series: { timeColumn: null, window: 24, horizon: 5, season: 12 },
    });
    const predictor = await Predictor.load(result.artefact, ["TFJS"]);
    if (!predictor.series) throw new Error("It forecasts.");
    const { series } = predictor;
    const histories = [160, 158, 155].map((end) =>
      observationsOf(series, observations(values.slice(0, end))),
    );
    const together = await predictor.run(histories);
    expect(together).to.have.length(15);
    const alone = await Promise.all(histories.map((history) => predictor.run([history])));
    expect([...together]).to.deep.equal(alone.flatMap((answer) => [...answer]));
    // The outcomes are of the first row held out on: its forecast is what the artefact says of the rows before.
    const { outputs } = unpackOutcomes(result.outcomes ?? new Uint8Array());
    const first = observationsOf(series, observations(values.slice(0, 120)));
    expect(await predictor.run([first])).to.deep.equal(outputs.slice(0, 5));
    await predictor.dispose();
  });

  it("learns with every architecture that reads a sequence", async () => {
    const choices: unknown[] = [
      { preset: "DENSE", parameters: { units: 8 } },
      { preset: "CNN_1D", parameters: { filters: 4, units: 8 } },
      { preset: "LSTM", parameters: { units: 8 } },
      { preset: "GRU", parameters: { units: 8 } },
      { preset: "TRANSFORMER", parameters: { depth: 1, heads: 2, dimensions: 8, units: 8 } },
      { layers: [{ type: "CONV1D", filters: 4 }, { type: "GLOBAL_MAX_POOLING" }] },
    ];
    const table: Table = {
      columns: ["y", "other"],
      rows: waves(90, 6).map((value, row) => [String(value), String(row % 7)]),
    };
    const plan = planOf({ window: 12, horizon: 3 });
    const task = { ...plan.task, features: [{ column: "other", kind: "NUMBER" as const }] };
    for (const architecture of choices) {
      const result = await forecastLearnt(table, { ...plan, task, architecture });
      expect(result.preprocessing.features).to.have.length(2);
      expect(measured(result).forecast.model.steps).to.have.length(3);
      expect(Number.isFinite(measured(result).loss)).to.equal(true);
    }
  });

  it("goes on from any checkpoint to the same bytes", async () => {
    const table = tableOf(waves(120, 12));
    const plan = planOf({}, { hyperparameters: { epochs: 9, earlyStopping: { patience: 9 } } });
    const whole = await forecastLearnt(table, plan);
    for (const epochs of [1, 4, 8]) {
      const interrupted = await Learning.start(table, plan);
      for (let epoch = 0; epoch < epochs; epoch++) await interrupted[Symbol.asyncIterator]().next();
      const checkpoint = await interrupted.checkpoint();
      interrupted.dispose();
      const resumed = await Learning.start(table, plan, checkpoint);
      for await (const progress of resumed) void progress;
      const { sha256, history, outcomes } = await resumed.finish();
      resumed.dispose();
      expect({ sha256, history, outcomes }).to.deep.equal({
        sha256: whole.sha256,
        history: whole.history,
        outcomes: whole.outcomes,
      });
    }
    const other = planOf({ horizon: 2 }, { hyperparameters: { epochs: 9, earlyStopping: { patience: 9 } } });
    const begun = await Learning.start(table, plan);
    await begun[Symbol.asyncIterator]().next();
    const foreign = await begun.checkpoint();
    begun.dispose();
    try {
      (await Learning.start(table, other, foreign)).dispose();
      expect.fail("A checkpoint of another window was taken.");
    } catch (error) {
      expect((error as { code?: string }).code).to.equal("CHECKPOINT_MISMATCH");
    }
  });

  it("bears gaps, constants, growth and values that its logarithm can't have", async () => {
    const gaps: (number | null)[] = waves(120, 6).map((value, row) => (row % 17 === 5 ? null : value));
    const gapped = await forecastLearnt(tableOf(gaps), planOf({ window: 8, horizon: 2 }));
    expect(gapped.rows.dropped).to.equal(7);
    expect(measured(gapped).forecast.forecasts).to.be.below(28);
    const constant = await forecastLearnt(tableOf(Array<number>(60).fill(4)), planOf());
    expect(measured(constant)).to.include({ r2: null });
    expect(measured(constant).meanAbsoluteError).to.be.below(5);
    expect(measured(constant).forecast.model.meanAbsoluteScaledError).to.equal(null);
    const fall = Array.from({ length: 80 }, (_, row) => (row < 60 ? 2 ** (row / 4) : -5));
    const fallen = await forecastLearnt(tableOf(fall), planOf({ season: 1, horizon: 2 }));
    expect(targetOf(fallen).floor).to.be.above(0);
    expect(Number.isFinite(measured(fallen).loss)).to.equal(true);
    expect(measured(fallen).forecast.model.meanAbsolutePercentageError).to.equal(null);
    expect(measured(fallen).forecast.seasonalNaive).to.equal(null);
  });

  it("refuses before the first epoch what can't be learnt, and says where and why", async () => {
    const values = waves(80, 6);
    const timed = (times: string[]): [Table, LearningPlan] => [
      { columns: ["y", "day"], rows: times.map((time, row) => [String(row % 5), time]) },
      planOf({ timeColumn: "day" }),
    ];
    const days = Array.from({ length: 80 }, (_, row) =>
      new Date(86_400_000 * row).toISOString().slice(0, 10),
    );
    const cases: [table: Table, plan: LearningPlan, path: string, words: RegExp][] = [
      [tableOf([...values, "many"]), planOf(), "features", /Row 81, column "y": "many" is not a number/],
      [tableOf(values, "x"), planOf(), "features", /no column "y"/],
      [tableOf(values), planOf({ window: 50 }), "series", /window of 50 rows.*leave 0 forecasts/],
      [tableOf(values), planOf({ season: 60 }), "series.season", /season of 60 rows is longer/],
      [tableOf(values), planOf({ window: 2, horizon: 21 }), "series.horizon", /within the 20 rows held out/],
      [tableOf(values.slice(0, 12)), planOf(), "series", /leave \d forecasts/],
      [tableOf(Array<null>(60).fill(null)), planOf(), "series", /leave 0 forecasts/],
      [tableOf([]), planOf(), "series.season", /longer than the 0 training rows/],
      [...timed(days.with(7, days[6] ?? "")), "series.timeColumn", /Row 8, column "day": .* repeats/],
      [...timed(days.toReversed()), "series.timeColumn", /Row 2, .* earlier than the time before/],
      [...timed(days.with(79, "soon")), "series.timeColumn", /Row 80, .*"soon" is no time/],
      [tableOf(values), planOf({ timeColumn: "day" }), "series.timeColumn", /no column "day"/],
    ];
    for (const [table, plan, path, words] of cases) {
      const found = await refusal(table, plan);
      expect(found, String(words)).to.include({ code: "TRAINING_DATA_UNUSABLE", path });
      expect(found.message).to.match(words);
    }
    const image = planOf({}, { architecture: { preset: "CNN_2D" } });
    expect(await refusal(tableOf(values), image)).to.include({
      code: "BAD_USER_INPUT",
      path: "architecture.preset",
    });
    const words = planOf({}, { architecture: { layers: [{ type: "EMBEDDING", dimensions: 4 }] } });
    expect(await refusal(tableOf(values), words)).to.include({ code: "BAD_USER_INPUT" });
  });
});
