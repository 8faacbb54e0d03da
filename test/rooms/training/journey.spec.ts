import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";

/** The reference scores of the shared split: every fourth row is held out. */
const references = [
  { file: "penguins.csv", type: "CLASSIFICATION", target: "species", metric: "accuracy", least: 0.96 },
  {
    file: "titanic.csv",
    type: "CLASSIFICATION",
    target: "survived",
    without: "alive",
    metric: "accuracy",
    least: 0.79,
  },
  { file: "digits-8x8.csv", type: "CLASSIFICATION", target: "digit", metric: "accuracy", least: 0.95 },
  { file: "diabetes.csv", type: "REGRESSION", target: "progression", metric: "r2", least: 0.3 },
  { file: "mpg.csv", type: "REGRESSION", target: "mpg", without: "name", metric: "r2", least: 0.8 },
] as const;

const content = (file: string): string => readFileSync(`test/data/${file}`, "utf8");

/** Uploads, makes a model with default settings, trains it with a fixed seed and waits for the end. */
async function train({ owner }: TenantOfWorld, reference: (typeof references)[number]): Promise<string> {
  const { createDataset } = await owner.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id columns { name } } } }",
    { input: { name: reference.file, format: "CSV", content: content(reference.file) } },
  );
  const columns: string[] = createDataset.dataset.columns.map(({ name }: { name: string }) => name);
  const without = "without" in reference ? reference.without : "";
  const features = columns.filter((name) => name !== reference.target && name !== without);
  const { createModel } = await owner.get(
    "mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }",
    { input: { name: reference.file, type: reference.type, target: reference.target, features } },
  );
  const { startTraining } = await owner.get(
    "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id status } } }",
    { input: { modelId: createModel.model.id, datasetId: createDataset.dataset.id, seed: 1 } },
  );
  const socket = owner.socket();
  const states: { epoch: number; status: string }[] = [];
  const query = "subscription ($id: ID!) { trainingProgress(jobId: $id) { status epoch epochs loss etaMs } }";
  for await (const { data } of socket.iterate<{ trainingProgress: { epoch: number; status: string } }>({
    query,
    variables: { id: startTraining.trainingJob.id },
  })) {
    if (data) states.push(data.trainingProgress);
  }
  await socket.dispose();
  expect(states.at(-1)?.status).to.equal("SUCCEEDED");
  expect(states.map(({ epoch }) => epoch)).to.deep.equal(
    states.map(({ epoch }) => epoch).toSorted((a, b) => a - b),
  );
  return createModel.model.id;
}

describe("from data to a metered prediction", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("journey");
  });
  after(() => world.stop());

  for (const reference of references) {
    it(`learns ${reference.file} as well as the reference`, async () => {
      const id = await train(tenant, reference);
      const { model } = await tenant.owner.get(
        "query ($id: ID!) { model(id: $id) { versions { nodes { number metrics { accuracy r2 } } } } }",
        { id },
      );
      const [version] = model.versions.nodes;
      expect(version.number).to.equal("1.0.0");
      expect(version.metrics[reference.metric]).to.be.at.least(reference.least);
    });
  }

  it("deploys, predicts, meters and audits", async () => {
    const { models } = await tenant.owner.get(
      '{ models(filter: { nameContains: "penguins" }) { nodes { id } } }',
    );
    const [{ id }] = models.nodes;
    const predict =
      "mutation ($input: PredictInput!) { predict(input: $input) { latencyMs version { number } predictions { label value confidence probabilities { label probability } } } }";
    const rows = [
      {
        island: "Torgersen",
        bill_length_mm: 39.1,
        bill_depth_mm: 18.7,
        flipper_length_mm: 181,
        body_mass_g: 3750,
        sex: "MALE",
      },
      { island: "a place unheard of", bill_length_mm: null },
    ];
    const input = { modelId: id, rows };
    expect(await tenant.owner.send(predict, { input })).to.failWith("NOT_DEPLOYED");
    await tenant.owner.get(
      "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { environment version { number } } } }",
      { input: { modelId: id, version: "1.0.0", environment: "PRODUCTION" } },
    );
    const { predict: served } = await tenant.owner.get(predict, { input });
    expect(served.predictions[0].label).to.equal("Adelie");
    expect(served.predictions[0].probabilities).to.have.length(3);
    expect(served.predictions[1].confidence).to.be.within(0, 1);
    const { usage } = await tenant.owner.get(
      '{ usage(from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z") { lines { meter quantity events } } }',
    );
    const lines = Object.fromEntries(
      usage.lines.map((line: { meter: string; quantity: number }) => [line.meter, line.quantity]),
    );
    expect(lines.PREDICTIONS).to.equal(2);
    expect(lines.TRAINING_MS).to.be.greaterThan(0);
  });
});
