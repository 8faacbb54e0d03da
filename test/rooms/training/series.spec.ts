import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, deploy, ended, metered, predict, start, tryStart } from "./support.js";
import { daily, pathOf } from "./series-data.js";

const passengers = readFileSync("test/data/airline-passengers.csv", "utf8");
const temperatures = readFileSync("test/data/daily-min-temperatures.csv", "utf8");

const errors = "meanAbsoluteError rootMeanSquaredError meanAbsoluteScaledError meanAbsolutePercentageError";
const versionsQuery = `query ($id: ID!) { model(id: $id) { type series { timeColumn window horizon season }
  versions { nodes { number engine modelCard split { train validation test dropped } leftOut { column reason }
    changes { kind name before after } evaluation { rows residuals { mean } intervals { metric lower value upper } }
    metrics { accuracy meanAbsoluteError rootMeanSquaredError loss rows forecast { forecasts horizon season
      model { ${errors} steps { step meanAbsoluteError } } naive { ${errors} } seasonalNaive { ${errors} steps { step } } } }
    signature { inputs { column kind } ignored output { column type classes }
      series { timeColumn window horizon season } } } } } }`;

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
const versionsOf = async (client: Client, id: string): Promise<any[]> =>
  (await client.get(versionsQuery, { id })).model.versions.nodes;

const rowsOf = (csv: string): Record<string, string>[] => {
  const [head = "", ...lines] = csv.replaceAll('"', "").trimEnd().split(/\r?\n/);
  const columns = head.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, at) => [columns[at] ?? "", cell])),
  );
};

describe("training: time series", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let client: Client;
  let monthly: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("series");
    client = tenant.owner;
    monthly = await createDataset(client, passengers, "passengers");
    modelId = await createModel(client, { type: "TIME_SERIES", target: "Passengers" });
  });
  after(() => world.stop());

  const train = async (id: string, datasetId: string, more: object = {}) =>
    ended(client, await start(client, { modelId: id, datasetId, seed: 1, ...more }));

  it("forecasts passengers and temperatures better than a season before, with nothing chosen", async () => {
    const daysId = await createModel(client, { type: "TIME_SERIES", target: "Temp" });
    const days = await createDataset(client, temperatures, "temperatures");
    expect((await train(modelId, monthly)).failure).to.equal(null);
    expect((await train(daysId, days)).failure).to.equal(null);
    const expected = [
      [modelId, { timeColumn: "Month", window: 24, horizon: 12, season: 12 }, 38.61, 44.256],
      [daysId, { timeColumn: "Date", window: 28, horizon: 7, season: 365 }, 3.016, 3.802],
    ] as const;
    for (const [id, series, meanAbsolute, rootMeanSquared] of expected) {
      const [{ metrics, signature }] = await versionsOf(client, id);
      const { model, naive, seasonalNaive, forecasts } = metrics.forecast;
      expect(signature.series).to.deep.equal(series);
      expect(seasonalNaive.meanAbsoluteError).to.be.closeTo(meanAbsolute, 0.001);
      expect(seasonalNaive.rootMeanSquaredError).to.be.closeTo(rootMeanSquared, 0.001);
      expect(model.meanAbsoluteError).to.be.below(
        0.75 * Math.min(meanAbsolute, naive.meanAbsoluteError) + 0.1,
      );
      expect(model.rootMeanSquaredError).to.be.below(
        0.75 * Math.min(rootMeanSquared, naive.rootMeanSquaredError) + 0.2,
      );
      expect(model.meanAbsoluteScaledError).to.be.below(seasonalNaive.meanAbsoluteScaledError);
      expect(model.steps).to.have.length(series.horizon);
      expect(forecasts + series.horizon - 1).to.equal(metrics.rows);
    }
  });

  it("tells what it was measured on, reads and can't do", async () => {
    const [version] = await versionsOf(client, modelId);
    expect(version).to.deep.include({
      number: "1.0.0",
      engine: "ONNXRUNTIME",
      split: { train: 86, validation: 22, test: 36, dropped: 0 },
      leftOut: [{ column: "Month", reason: "It orders the rows." }],
    });
    expect(version.signature).to.deep.include({
      inputs: [{ column: "Passengers", kind: "NUMBER" }],
      ignored: ["Month"],
      output: { column: "Passengers", type: "TIME_SERIES", classes: null },
    });
    expect(version.metrics).to.deep.include({ accuracy: null, rows: 36 });
    expect(version.evaluation.rows).to.equal(36);
    const interval = version.evaluation.intervals.find(
      ({ metric }: { metric: string }) => metric === "ROOT_MEAN_SQUARED_ERROR",
    );
    expect(interval.value).to.be.closeTo(version.metrics.rootMeanSquaredError, 1e-9);
    expect(interval.lower).to.be.below(interval.value);
    const card: string = version.modelCard;
    expect(card).to.contain("25 forecasts of 12 steps each, with a season of 12 rows.");
    expect(card)
      .to.match(/\| this model \| \d+(\.\d+)? \|/)
      .and.contain("| the value a season before | 38.61 | 44.26 |");
    expect(card).to.match(/\| 12 \| \d/);
    expect(card).to.contain("Held out: the last rows in the order of time.").and.not.contain("every fourth");
    expect(card).to.contain("from the latest 24 or more in the order of time");
    expect(card).to.not.contain("no better than the simplest forecast");
  });

  it("predicts the next year from the latest two, a prediction a month", async () => {
    await deploy(client, modelId);
    const rows = rowsOf(passengers);
    const before = await metered(world, tenant, "PREDICTIONS");
    const { data, errors: none } = await predict(client, modelId, rows.slice(-24));
    expect(none).to.equal(undefined);
    const values = data.predict.predictions.map(({ value }: { value: number }) => value);
    expect(values).to.have.length(12);
    // July and August are the peak of every year, and each year of these is above the one before.
    expect(values.indexOf(Math.max(...values))).to.be.oneOf([6, 7]);
    expect(values[6]).to.be.within(622, 800);
    expect(data.predict.predictions[0]).to.deep.include({
      label: null,
      confidence: null,
      probabilities: null,
    });
    const after = await metered(world, tenant, "PREDICTIONS");
    expect(after.quantity - before.quantity).to.equal(12);
    // More rows than the window, numbers for texts, and no times: the same history.
    const numbers = rows.slice(-40).map(({ Passengers }) => ({ Passengers: Number(Passengers) }));
    const again = await predict(client, modelId, numbers);
    expect(again.data.predict.predictions).to.deep.equal(data.predict.predictions);
    const alone = await Promise.all([
      predict(client, modelId, numbers),
      predict(client, modelId, numbers.slice(0, 30)),
    ]);
    expect(alone[0]?.data.predict.predictions).to.deep.equal(data.predict.predictions);
    expect(alone[1]?.data.predict.predictions).to.not.deep.equal(data.predict.predictions);
  });

  it("refuses to predict from too few rows, text, rows out of order and unknown columns", async () => {
    const rows = rowsOf(passengers).slice(-24);
    const few = await predict(client, modelId, rows.slice(1));
    expect(few).to.failWith("BAD_USER_INPUT");
    expect(few.errors?.[0]?.message).to.contain("the last 24 observations").and.contain("gets 23");
    const cases: [object[], string][] = [
      [rows.slice(1), "rows"],
      [rows.with(3, { ...rows[3], Passengers: "many" }), "rows.3.Passengers"],
      [rows.with(3, { Passengers: "7" }), "rows.3.Month"],
      [rows.with(0, { Month: "1959-01" }), "rows.0.Passengers"],
      [rows.toReversed(), "rows.1.Month"],
      [rows.with(5, { ...rows[5], Weather: "fine" }), "rows.5.Weather"],
      [[...rows.slice(0, 23), { Passengers: 7, Month: rows[22]?.Month ?? "" }], "rows.23.Month"],
    ];
    for (const [sent, path] of cases) {
      const answer = await predict(client, modelId, sent);
      expect(answer, path).to.failWith("BAD_USER_INPUT");
      expect(pathOf(answer)).to.equal(path);
    }
  });

  it("compares two versions where both forecast the same step from the same place", async () => {
    await client.get("mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }", {
      input: { id: modelId, series: { horizon: 6 } },
    });
    await train(modelId, monthly, { hyperparameters: { epochs: 2 } });
    const [second] = await versionsOf(client, modelId);
    expect(second.number).to.equal("2.0.0");
    expect(second.changes.find(({ name }: { name: string }) => name === "target")).to.deep.equal({
      kind: "DATA",
      name: "target",
      before: "Passengers (time_series), 12 ahead of 24, season 12",
      after: "Passengers (time_series), 6 ahead of 24, season 12",
    });
    const compare = (input: object): Promise<Answer> =>
      client.send(
        `mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { rows predictions
          decidedBy better { number } differences { metric first second lower upper } firstMetrics { forecast { horizon } } } } }`,
        { input: { modelId, versions: ["1.0.0", "2.0.0"], ...input } },
      );
    const { data } = await compare({});
    const { comparison } = data.compareVersions;
    // Each of the 25 forecasts of twelve steps begins where one of six did.
    expect(comparison).to.deep.include({
      rows: 25 * 6,
      predictions: 0,
      decidedBy: "ROOT_MEAN_SQUARED_ERROR",
    });
    expect(comparison.better.number).to.equal("1.0.0");
    const other = await createDataset(client, passengers.split("\n").slice(0, 120).join("\n"), "fewer");
    const refused = await compare({ datasetId: other });
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(pathOf(refused)).to.equal("datasetId");
    expect(refused.errors?.[0]?.message).to.contain("Train both on it.");
  });

  it("reads further columns of numbers, and leaves out what is none", async () => {
    const id = await createModel(client, {
      type: "TIME_SERIES",
      target: "load",
      series: { window: 7, horizon: 3 },
    });
    const job = await train(id, await createDataset(client, daily(90), "loads"), {
      hyperparameters: { epochs: 2 },
    });
    expect(job.failure).to.equal(null);
    const [{ signature, leftOut }] = await versionsOf(client, id);
    expect(signature.inputs.map(({ column }: { column: string }) => column)).to.deep.equal(["load", "heat"]);
    expect(signature.series).to.deep.equal({ timeColumn: "day", window: 7, horizon: 3, season: 7 });
    expect(leftOut).to.deep.equal([
      { column: "day", reason: "It orders the rows." },
      { column: "note", reason: "Not chosen." },
    ]);
  });

  it("keeps a tenant's series to itself", async () => {
    const other = await world.tenant("seriesabroad");
    const answer = await predict(other.owner, modelId, rowsOf(passengers).slice(-24));
    expect(answer).to.failWith("NOT_FOUND");
    const foreign = await createModel(other.owner, { type: "TIME_SERIES", target: "Passengers" });
    expect(await tryStart(other.owner, { modelId: foreign, datasetId: monthly })).to.failWith("NOT_FOUND");
  });
});
