import { expect } from "chai";
import { kernels as current, type Metrics } from "../../../src/rooms/learning/index.js";
import { codeOf, type DataSetName, dataSet, dataSets, learn } from "./data.js";

const scoreOf = (metrics: Metrics) =>
  "accuracy" in metrics ? metrics.accuracy : "r2" in metrics ? (metrics.r2 ?? 0) : 0;

describe("learning: quality with default settings on the published split", function () {
  this.timeout(60_000);

  for (const name of Object.keys(dataSets) as DataSetName[]) {
    const { least } = dataSets[name];
    it(`${name} reaches ${least}`, async () => {
      for (const seed of [1, 2]) {
        const { table, plan } = dataSet(name, seed);
        const { metrics, rows, kernels } = await learn(table, plan);
        expect(scoreOf(metrics), `seed ${seed}`).to.be.at.least(least);
        expect(rows.train + rows.validation + rows.test + rows.dropped).to.equal(table.rows.length);
        expect(metrics.rows).to.equal(Math.floor(table.rows.length / 4));
        expect(kernels).to.deep.equal(current);
      }
    });
  }

  it("is the same to the bit for the same seed, and not for another", async () => {
    const train = async (seed: number) => {
      const { table, plan } = dataSet("penguins", seed);
      return (await learn(table, { ...plan, hyperparameters: { epochs: 3 } })).sha256;
    };
    expect(await train(4)).to.equal(await train(4));
    expect(await train(4)).to.not.equal(await train(5));
  });

  it("learns nothing from test rows", async () => {
    const { table, plan } = dataSet("titanic");
    const short = { ...plan, hyperparameters: { epochs: 2 } };
    const spoiled = table.rows.map((row, place) => (place % 4 === 3 ? row.map(() => "1e9") : row));
    const [clean, odd] = [await learn(table, short), await learn({ ...table, rows: spoiled }, short)];
    expect(odd.sha256).to.equal(clean.sha256);
    expect(odd.metrics).to.not.deep.equal(clean.metrics);
  });

  it("drops rows without a target and counts them", async () => {
    const { table, plan } = dataSet("penguins");
    const rows = table.rows.map((row, place) => (place % 10 === 0 ? ["NA", ...row.slice(1)] : row));
    const result = await learn({ ...table, rows }, { ...plan, hyperparameters: { epochs: 1 } });
    expect(result.rows.dropped).to.equal(35);
  });

  it("refuses data from which nothing can be learnt", async () => {
    const { table, plan } = dataSet("penguins");
    const tiny = { ...table, rows: table.rows.slice(0, 6) };
    expect(await codeOf(learn(tiny, plan))).to.equal("TRAINING_DATA_UNUSABLE");
    const oneClass = { ...table, rows: table.rows.filter(([species]) => species === "Adelie") };
    expect(await codeOf(learn(oneClass, plan))).to.equal("TRAINING_DATA_UNUSABLE");
    const noTarget = { ...plan, task: { ...plan.task, target: "colour" } };
    expect(await codeOf(learn(table, noTarget))).to.equal("TRAINING_DATA_UNUSABLE");
  });

  it("refuses a network that is too large for the data's width", async () => {
    const wide = Array.from({ length: 6_000 }, (_, place) => `c${place}`);
    const rows = Array.from({ length: 40 }, (_, row) => [
      ...wide.map((_, place) => String((row * place) % 7)),
      row % 2 ? "a" : "b",
    ]);
    const features = wide.map((column) => ({ column, kind: "NUMBER" as const }));
    const architecture = { layers: [{ units: 2_048, activation: "RELU" }] };
    const plan = { task: { type: "CLASSIFICATION" as const, target: "t", features }, seed: 1, architecture };
    expect(await codeOf(learn({ columns: [...wide, "t"], rows }, plan))).to.equal("BAD_USER_INPUT");
  });
});
