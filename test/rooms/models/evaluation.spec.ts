import { readFileSync } from "node:fs";
import { expect } from "chai";
import { statementsOf } from "../../support/statements.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, quick, start } from "../training/support.js";

const everything = `evaluation { rows resamples rocArea averagePrecision
  intervals { metric value lower upper method }
  classes { label precision recall f1 support rocArea averagePrecision
    roc { falsePositiveRate truePositiveRate threshold } precisionRecall { recall precision threshold } }
  calibration { bins { from to rows confidence accuracy } expectedCalibrationError brierScore }
  residuals { mean standardDeviation quantiles { share value } histogram { from to rows } } }`;

interface Interval {
  metric: string;
  value: number;
  lower: number;
  upper: number;
}

describe("models: evaluation of versions", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("evaluation");
  });
  after(() => world.stop());

  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
  async function trained(model: object, datasetId: string, fields: string): Promise<any> {
    const modelId = await createModel(tenant.owner, model);
    const job = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick });
    expect(await ended(tenant.owner, job)).to.deep.include({ status: "SUCCEEDED" });
    const answer = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { ${fields} } } } }`,
      { id: modelId },
    );
    return answer.model.versions.nodes[0];
  }

  it("shows curves, calibration and intervals of a classification", async () => {
    const { evaluation, metrics } = await trained(
      {},
      await createDataset(tenant.owner),
      `metrics { accuracy f1 rows confusion } ${everything}`,
    );
    expect(evaluation).to.deep.include({ rows: metrics.rows, resamples: 1_000, residuals: null });
    expect(evaluation.classes.map(({ label }: { label: string }) => label)).to.deep.equal([
      "Adelie",
      "Chinstrap",
      "Gentoo",
    ]);
    evaluation.classes.forEach(({ support, roc }: { support: number; roc: unknown[] }, place: number) => {
      expect(support).to.equal(metrics.confusion[place].reduce((sum: number, rows: number) => sum + rows, 0));
      expect(roc.length).to.be.within(2, 200);
      expect(roc[0]).to.deep.equal({ falsePositiveRate: 0, truePositiveRate: 0, threshold: null });
    });
    const intervals = new Map<string, Interval>(
      evaluation.intervals.map((interval: Interval) => [interval.metric, interval]),
    );
    expect(intervals.get("ACCURACY")?.value).to.be.closeTo(metrics.accuracy, 1e-12);
    expect(intervals.get("F1")?.value).to.be.closeTo(metrics.f1, 1e-12);
    expect(intervals.get("ROC_AREA")?.value).to.be.closeTo(evaluation.rocArea, 1e-12);
    for (const { value, lower, upper } of intervals.values()) {
      expect(lower).to.be.at.most(value + 1e-9);
      expect(upper).to.be.at.least(value - 1e-9);
    }
    const { bins } = evaluation.calibration;
    expect(bins.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).to.equal(metrics.rows);
  });

  it("shows residuals and intervals of a regression", async () => {
    const { evaluation, metrics } = await trained(
      { type: "REGRESSION", target: "mpg", features: ["weight", "horsepower"] },
      await createDataset(tenant.owner, readFileSync("test/data/mpg.csv", "utf8"), "mpg"),
      `metrics { r2 meanAbsoluteError rows } ${everything}`,
    );
    expect(evaluation).to.deep.include({ classes: null, calibration: null, rocArea: null });
    expect(evaluation.intervals.map(({ metric }: Interval) => metric)).to.deep.equal([
      "R2",
      "MEAN_ABSOLUTE_ERROR",
      "ROOT_MEAN_SQUARED_ERROR",
    ]);
    expect(evaluation.intervals[0].value).to.be.closeTo(metrics.r2, 1e-9);
    const { histogram, quantiles } = evaluation.residuals;
    expect(histogram.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).to.equal(
      metrics.rows,
    );
    expect(quantiles).to.have.length(7);
  });

  it("reads evaluations of a list in one statement, and none where nobody asks", async () => {
    const list = (fields: string) =>
      tenant.owner.get(`{ models { nodes { versions { nodes { number ${fields} } } } } }`);
    const [statement, ...more] = await statementsOf(() => list("evaluation { rocArea } parent { number }"));
    expect(more).to.deep.equal([]);
    expect(JSON.stringify(statement)).to.contain("version_evaluation");
    expect(JSON.stringify(await statementsOf(() => list("metrics { loss }")))).to.not.contain(
      "version_evaluation",
    );
  });

  it("keeps what was said of each row sealed", async () => {
    const [row] = await world.admin<{ bytes: Buffer }>(
      `select bytes from ${tenant.schema}.version_outcomes limit 1`,
    );
    expect(row?.bytes.toString("latin1")).to.not.contain("Adelie");
    expect(row?.bytes.length).to.be.greaterThan(500);
  });
});
