import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { World } from "../../support/world.js";
import { createDataset, createModel, ended, start, tryCreateModel, tryStart } from "./support.js";
import { daily, pathOf } from "./series-data.js";

describe("training: series that can't be", function () {
  this.timeout(60_000);
  let world: World;
  let client: Client;
  before(async () => {
    world = await World.start();
    client = (await world.tenant("seriesrefused")).owner;
  });
  after(() => world.stop());

  it("refuses settings that are out of bounds or contradict each other, with their place", async () => {
    const name = "never made";
    const type = "TIME_SERIES";
    const cases: [object, string][] = [
      [{ type, series: { window: 0 } }, "series.window"],
      [{ type, series: { window: 1_001 } }, "series.window"],
      [{ type, series: { horizon: 366 } }, "series.horizon"],
      [{ type, series: { season: 0 } }, "series.season"],
      [{ type, target: "load", series: { timeColumn: "load" } }, "series.timeColumn"],
      [{ type, features: ["heat", "day"], series: { timeColumn: "day" } }, "features.1"],
      [{ type: "REGRESSION", series: { window: 3 } }, "series"],
    ];
    for (const [input, path] of cases) {
      const answer = await tryCreateModel(client, { name, ...input });
      expect(answer, path).to.failWith("BAD_USER_INPUT");
      expect(pathOf(answer)).to.include(path);
    }
  });

  it("refuses hyperparameters that a series has no use for", async () => {
    const modelId = await createModel(client, { type: "TIME_SERIES", target: "load", name: "plain" });
    const datasetId = await createDataset(client, daily(60), "sixty days");
    for (const [name, value] of [
      ["normalization", "MIN_MAX"],
      ["classWeights", "BALANCED"],
    ] as const) {
      const answer = await tryStart(client, { modelId, datasetId, hyperparameters: { [name]: value } });
      expect(answer, name).to.failWith("BAD_USER_INPUT");
      expect(pathOf(answer)).to.include(`hyperparameters.${name}`);
    }
  });

  it("refuses before any job what the profile tells can't be", async () => {
    const table = await createDataset(client, daily(60), "sixty");
    const repeated = await createDataset(
      client,
      `${daily(60)}\n${daily(3).split("\n").slice(1).join("\n")}`,
      "twice",
    );
    const gaps = await createDataset(client, `${daily(60)}\n,7,7,late`, "gaps");
    const cases: [string, object, string, RegExp][] = [
      [table, { target: "note" }, "modelId", /"note" is not a number/],
      [table, { target: "load", features: ["note"] }, "modelId", /"note", a feature/],
      [table, { target: "load", features: ["wind"] }, "modelId", /"wind", a feature/],
      [table, { target: "load", series: { timeColumn: "hour" } }, "modelId", /no column "hour"/],
      [table, { target: "load", series: { timeColumn: "note" } }, "modelId", /"note" holds no times/],
      [
        table,
        { target: "load", series: { window: 30 } },
        "modelId",
        /Of 60 rows, the last 15 are held out and 36/,
      ],
      [table, { target: "load", series: { horizon: 16 } }, "modelId", /16 steps ahead/],
      [table, { target: "load", series: { season: 40 } }, "modelId", /season of 40/],
      [repeated, { target: "load" }, "datasetId", /Times repeat in the column "day": 60 of 63/],
      [gaps, { target: "load" }, "datasetId", /1 rows have no time/],
      [await createDataset(client, daily(9), "nine"), { target: "load" }, "datasetId", /Send more rows/],
      [
        table,
        { target: "load", architecture: { preset: "CNN_2D" }, series: { window: 8 } },
        "modelId",
        /CNN_2D/,
      ],
    ];
    for (const [datasetId, input, path, words] of cases) {
      const id = await createModel(client, { type: "TIME_SERIES", ...input });
      const answer = await tryStart(client, { modelId: id, datasetId });
      expect(answer, String(words)).to.failWith("BAD_USER_INPUT");
      expect(pathOf(answer), String(words)).to.equal(path);
      expect(answer.errors?.[0]?.message).to.match(words);
    }
  });

  it("fails as a job, with the row, where only the rows tell", async () => {
    const shuffled = daily(60).split("\n");
    const unordered = [...shuffled.slice(0, 5), shuffled[6], shuffled[5], ...shuffled.slice(7)].join("\n");
    const id = await createModel(client, { type: "TIME_SERIES", target: "load" });
    const { status, failure } = await ended(
      client,
      await start(client, { modelId: id, datasetId: await createDataset(client, unordered, "unordered") }),
    );
    expect(status).to.equal("FAILED");
    expect(failure.code).to.equal("TRAINING_DATA_UNUSABLE");
    expect(failure.message).to.match(
      /^Row 6, column "day": "2024-01-05" is earlier than the time before it\./,
    );
  });
});
