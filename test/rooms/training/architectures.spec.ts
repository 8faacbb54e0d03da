import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  job,
  penguin,
  predict,
  start,
  tryStart,
} from "./support.js";

const content = (file: string): string => readFileSync(`test/data/${file}`, "utf8");

async function sonar(client: Client): Promise<string> {
  const { createDataset: made } = await client.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
    { input: { name: "sonar", format: "CSV", header: false, content: content("sonar.csv") } },
  );
  return made.dataset.id;
}

async function accuracy(client: Client, modelId: string): Promise<number> {
  const { model } = await client.get(
    "query ($id: ID!) { model(id: $id) { versions { nodes { metrics { accuracy } } } } }",
    { id: modelId },
  );
  return model.versions.nodes[0].metrics.accuracy;
}

describe("training: every architecture from createModel to predict", function () {
  this.timeout(180_000);
  let world: World;
  let tenant: TenantOfWorld;
  let penguins: string;
  let digits: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("every-architecture");
    penguins = await createDataset(tenant.owner);
    digits = await createDataset(tenant.owner, content("digits-8x8.csv"), "digits");
  });
  after(() => world.stop());

  const places = (answer: { errors?: { extensions?: Record<string, unknown> }[] }): string[] =>
    ((answer.errors?.[0]?.extensions?.fields ?? []) as { path: string }[]).map(({ path }) => path);

  it("digits as images reach 0.97", async () => {
    const modelId = await createModel(tenant.owner, { target: "digit", architecture: { preset: "CNN_2D" } });
    const hyperparameters = { epochs: 20, learningRate: 0.001 };
    const ran = await ended(
      tenant.owner,
      await start(tenant.owner, { modelId, datasetId: digits, seed: 1, hyperparameters }),
    );
    expect(ran.failure).to.equal(null);
    expect(await accuracy(tenant.owner, modelId)).to.be.at.least(0.97);
    await deploy(tenant.owner, modelId);
    const [columns = [], ...rows] = content("digits-8x8.csv")
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const sent = rows
      .slice(0, 40)
      .map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at]])));
    const answer = await predict(tenant.owner, modelId, sent);
    expect(answer).to.succeed();
    const labels = answer.data.predict.predictions.map(({ label }: { label: string }) => label);
    const right = labels.filter((label: string, at: number) => label === sent[at]?.digit).length;
    expect(right).to.be.at.least(38);
  });

  it("sonar reaches 0.82 as a sequence", async () => {
    const modelId = await createModel(tenant.owner, { target: "c60", architecture: { preset: "CNN_1D" } });
    const datasetId = await sonar(tenant.owner);
    await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, seed: 1 }));
    expect(await accuracy(tenant.owner, modelId)).to.be.at.least(0.82);
  });

  const architectures = {
    "a dense preset": { preset: "DENSE" },
    LSTM: { preset: "LSTM", parameters: { units: 12 } },
    GRU: { preset: "GRU", parameters: { units: 12, depth: 2 } },
    "a transformer": { preset: "TRANSFORMER", parameters: { dimensions: 16, heads: 2, units: 24, depth: 1 } },
    "gradient-boosted trees": { preset: "GRADIENT_BOOSTED_TREES", parameters: { trees: 600, depth: 3 } },
    "layers of one's own": {
      layers: [
        { units: 16 },
        { type: "RESHAPE", shape: [16, 1] },
        { type: "CONV1D", filters: 4 },
        { type: "FLATTEN" },
      ],
    },
  };
  for (const [name, architecture] of Object.entries(architectures)) {
    it(`${name} learns, is the same for the same seed, and answers`, async () => {
      const modelId = await createModel(tenant.owner, { architecture });
      const settings = {
        modelId,
        datasetId: penguins,
        seed: 5,
        hyperparameters: { epochs: 12, learningRate: 0.01 },
      };
      const [first, second] = [await start(tenant.owner, settings), await start(tenant.owner, settings)];
      const versions = [await ended(tenant.owner, first), await ended(tenant.owner, second)];
      expect(versions[0].failure).to.equal(null);
      expect(versions[1].version.sha256).to.equal(versions[0].version.sha256);
      expect(await accuracy(tenant.owner, modelId)).to.be.at.least(0.85);
      await deploy(tenant.owner, modelId);
      const { data } = await predict(tenant.owner, modelId, [penguin]);
      expect(data.predict.predictions[0].label).to.equal("Adelie");
    });
  }

  it("refuses before the queue what the columns show not to fit", async () => {
    const begin = async (architecture: object, hyperparameters = {}) => {
      const modelId = await createModel(tenant.owner, { target: "digit", architecture });
      return tryStart(tenant.owner, { modelId, datasetId: digits, hyperparameters });
    };
    const misfit = await begin({ layers: [{ type: "RESHAPE", shape: [9, 9, 1] }, { type: "FLATTEN" }] });
    expect(misfit).to.failWith("BAD_USER_INPUT");
    expect(places(misfit)).to.deep.equal(["modelId"]);
    expect(misfit.errors?.[0]?.message).to.match(/81 values, but gets \[64\]/);
    const large = await begin({ layers: Array.from({ length: 6 }, () => ({ units: 2_048 })) });
    expect(large).to.failWith("BAD_USER_INPUT");
    expect(large.errors?.[0]?.message).to.match(/parameters, more than 10,000,000/);
    const wide = {
      layers: [
        { type: "RESHAPE", shape: [8, 8, 1] },
        { type: "CONV2D", filters: 1_024 },
        { type: "CONV2D", filters: 512 },
        { type: "FLATTEN" },
      ],
    };
    const batch = await begin(wide, { batchSize: 4_096 });
    expect(batch).to.failWith("BAD_USER_INPUT");
    expect(places(batch)).to.deep.equal(["hyperparameters.batchSize"]);
  });

  it("tells by what trees were grown, and refuses what means nothing to them", async () => {
    const architecture = { preset: "GRADIENT_BOOSTED_TREES", parameters: { trees: 60, subsample: 0.5 } };
    const modelId = await createModel(tenant.owner, { architecture });
    const common = { modelId, datasetId: penguins, seed: 2 };
    const { version, failure } = await ended(tenant.owner, await start(tenant.owner, common));
    expect(failure).to.equal(null);
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { engine modelCard architecture { preset layers { type units shape } }
        hyperparameters { epochs learningRate batchSize optimizer boosting { trees depth l2 subsample columnSubsample borderSubsample } } } } } }`,
      { id: modelId },
    );
    const [made] = model.versions.nodes;
    expect(made.hyperparameters.boosting).to.include({ trees: 60, subsample: 0.5, depth: 3 });
    expect(made.hyperparameters).to.include({ epochs: 30, batchSize: null, optimizer: null });
    expect(made.architecture.layers[1]).to.deep.equal({ type: "RESHAPE", units: null, shape: [60, 3] });
    expect(made.engine).to.equal("ONNXRUNTIME");
    expect(made.modelCard).to.match(/boosting .*trees 60/);
    const refused = async (more: object): Promise<string[]> =>
      places(await tryStart(tenant.owner, { ...common, ...more }));
    expect(
      await refused({ hyperparameters: { batchSize: 8, schedule: { kind: "COSINE" } } }),
    ).to.have.members(["hyperparameters.batchSize", "hyperparameters.schedule"]);
    expect(await refused({ hyperparameters: { learningRate: 5 } })).to.deep.equal([
      "hyperparameters.learningRate",
    ]);
    expect(await refused({ fromVersion: version.number })).to.deep.equal(["fromVersion"]);
  });

  it("fails with the cause where only the rows show that it does not fit", async () => {
    const modelId = await createModel(tenant.owner, { architecture: { preset: "CNN_2D" } });
    // How many values the two columns of categories become is not certain before the rows are split.
    const jobId = await start(tenant.owner, { modelId, datasetId: penguins });
    await ended(tenant.owner, jobId);
    const { failure } = await job(tenant.owner, jobId);
    expect(failure.code).to.equal("BAD_USER_INPUT");
    expect(failure.message).to.match(/square number of inputs/);
  });
});
