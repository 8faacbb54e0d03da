import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, metered, penguins, start } from "../training/support.js";

const compare = (client: Client, input: object): Promise<Answer> =>
  client.send(
    `mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison {
      first { number } second { number } dataset { id } rows resamples predictions decidedBy certain better { number }
      differences { metric first second difference lower upper } mcnemar { onlyFirst onlySecond pValue }
      firstMetrics { accuracy rootMeanSquaredError confusion rows } secondMetrics { accuracy confusion rows } } } }`,
    { input },
  );

interface Difference {
  metric: string;
  first: number;
  second: number;
  difference: number;
  lower: number;
  upper: number;
}

describe("serving: comparison of versions", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let modelId: string;
  let whole: string;
  let part: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("compare");
    other = await world.tenant("abroad");
    const lines = penguins.split("\n");
    whole = await createDataset(tenant.owner);
    part = await createDataset(tenant.owner, lines.slice(0, 250).join("\n"), "part");
    modelId = await createModel(tenant.owner);
    await train(whole, { epochs: 1, learningRate: 0.0001 });
    await train(whole, { epochs: 30 });
    await train(part, { epochs: 30 });
  });
  after(() => world.stop());

  async function train(datasetId: string, hyperparameters: object, id = modelId): Promise<void> {
    const settings = { batchSize: 16, ...hyperparameters };
    const job = await start(tenant.owner, { modelId: id, datasetId, hyperparameters: settings });
    expect(await ended(tenant.owner, job)).to.deep.include({ status: "SUCCEEDED" });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
  async function compared(input: object): Promise<any> {
    const answer = await compare(tenant.owner, { modelId, ...input });
    expect(answer).to.succeed();
    return answer.data.compareVersions.comparison;
  }

  const numbersOf = async (): Promise<string[]> => {
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { versions { nodes { number } } } }",
      { id: modelId },
    );
    return model.versions.nodes.map(({ number }: { number: string }) => number).toReversed();
  };

  it("compares what is kept of the same held-out rows, without a prediction", async () => {
    const [first = "", second = ""] = await numbersOf();
    const before = await metered(world, tenant, "PREDICTIONS");
    const found = await compared({ versions: [first, second] });
    expect(found).to.deep.include({
      first: { number: first },
      second: { number: second },
      dataset: { id: whole },
      rows: 86,
      predictions: 0,
      decidedBy: "ACCURACY",
      better: { number: second },
      certain: true,
    });
    const accuracy = found.differences.find(({ metric }: Difference) => metric === "ACCURACY");
    expect(accuracy.second - accuracy.first).to.be.closeTo(accuracy.difference, 1e-12);
    expect(accuracy.lower).to.be.greaterThan(0).and.at.most(accuracy.difference);
    expect(found.firstMetrics).to.deep.include({ accuracy: accuracy.first, rows: 86 });
    expect(found.mcnemar.pValue).to.be.lessThan(0.05);
    expect(found.secondMetrics.confusion).to.have.length(3);
    expect(await metered(world, tenant, "PREDICTIONS")).to.deep.equal(before);
  });

  it("answers the same again, and the other way round", async () => {
    const [first = "", second = ""] = await numbersOf();
    const [once, again, turned] = [
      await compared({ versions: [first, second] }),
      await compared({ versions: [first, second] }),
      await compared({ versions: [second, first] }),
    ];
    expect(again).to.deep.equal(once);
    expect(turned.better).to.deep.equal(once.better);
    expect(turned.differences.map(({ difference }: Difference) => -difference + 0)).to.deep.equal(
      once.differences.map(({ difference }: Difference) => difference + 0),
    );
  });

  it("predicts anew, and meters, what a version was not trained beside", async () => {
    const [, second = "", third = ""] = await numbersOf();
    expect(await compare(tenant.owner, { modelId, versions: [second, third] })).to.failWith("BAD_USER_INPUT");
    const before = await metered(world, tenant, "PREDICTIONS");
    const found = await compared({ versions: [second, third], datasetId: whole });
    expect(found).to.deep.include({ rows: 86, predictions: 86, dataset: { id: whole } });
    const after = await metered(world, tenant, "PREDICTIONS");
    expect(after.quantity - before.quantity).to.equal(86);
    expect(found.firstMetrics.rows).to.equal(86);
    const kept = await compared({ versions: [second, (await numbersOf())[0]] });
    expect(found.firstMetrics).to.deep.equal(kept.firstMetrics);
  });

  it("predicts both on a dataset that is new to both, and the same as was kept", async () => {
    const copy = await createDataset(tenant.owner, penguins, "copy");
    const [first = "", second = ""] = await numbersOf();
    const anew = await compared({ versions: [first, second], datasetId: copy });
    const kept = await compared({ versions: [first, second] });
    expect(anew).to.deep.include({ rows: 86, predictions: 172 });
    // Not to the bit: what serves may be another engine than the one that measured at the end of the training.
    anew.differences.forEach(({ metric, first: value }: Difference, place: number) => {
      expect(metric).to.equal(kept.differences[place].metric);
      expect(value, metric).to.be.closeTo(kept.differences[place].first, 0.005);
    });
    expect(anew.firstMetrics.confusion).to.deep.equal(kept.firstMetrics.confusion);
  });

  it("compares numbers by their errors", async () => {
    const id = await createModel(tenant.owner, { type: "REGRESSION", target: "body_mass_g" });
    await train(whole, { epochs: 1, learningRate: 0.0001 }, id);
    await train(whole, { epochs: 30 }, id);
    const answer = await compare(tenant.owner, { modelId: id, versions: ["1.0.0", "1.1.0"] });
    const { comparison } = answer.data.compareVersions;
    expect(comparison).to.deep.include({
      decidedBy: "ROOT_MEAN_SQUARED_ERROR",
      better: { number: "1.1.0" },
      certain: true,
      mcnemar: null,
    });
    expect(comparison.firstMetrics.rootMeanSquaredError).to.be.greaterThan(0);
  });

  it("refuses what can't be compared, with the place", async () => {
    const [first = "", second = ""] = await numbersOf();
    const versions = [first, second];
    for (const wrong of [[first], [first, first], [first, "latest"], [first, second, "3.0.0"]])
      expect(await compare(tenant.owner, { modelId, versions: wrong })).to.failWith("BAD_USER_INPUT");
    expect(await compare(tenant.owner, { modelId, versions: [first, "9.9.9"] })).to.failWith("NOT_FOUND");
    expect(await compare(tenant.owner, { modelId: "model_none", versions })).to.failWith("NOT_FOUND");
    const unfit = await createDataset(tenant.owner, "a,b\n1,2\n3,4\n", "unfit");
    const answer = await compare(tenant.owner, { modelId, versions, datasetId: unfit });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(JSON.stringify(answer.errors)).to.contain('"path":"datasetId"').and.to.contain("has no column");
  });

  it("knows neither versions nor datasets of another tenant", async () => {
    const [first = "", second = ""] = await numbersOf();
    const versions = [first, second];
    expect(await compare(other.owner, { modelId, versions })).to.failWith("NOT_FOUND");
    const foreign = await createDataset(other.owner);
    expect(await compare(tenant.owner, { modelId, versions, datasetId: foreign })).to.failWith("NOT_FOUND");
  });

  it("lets who may only look compare what is kept, and asks for more where it predicts", async () => {
    const [first = "", second = "", third = ""] = await numbersOf();
    const viewer = await tenant.person("VIEWER");
    expect(await compare(viewer, { modelId, versions: [first, second] })).to.succeed();
    expect(await compare(viewer, { modelId, versions: [second, third], datasetId: whole })).to.failWith(
      "FORBIDDEN",
    );
    const key = await tenant.apiKey(["prediction:create"]);
    expect(await compare(key, { modelId, versions: [first, second] })).to.failWith("FORBIDDEN");
  });
});
