import { expect } from "chai";
import { statementsOf } from "../../support/statements.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  predict,
  quick,
  start,
  tryCreateModel,
} from "../training/support.js";

describe("models: versions and deployments", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("versions");
    other = await world.tenant("elsewhere");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner, { name: "penguins" });
    for (const seed of [1, 2])
      await ended(
        tenant.owner,
        await start(tenant.owner, { modelId, datasetId, seed, hyperparameters: quick }),
      );
  });
  after(() => world.stop());

  const tryDeploy = (input: object) =>
    tenant.owner.send(
      "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id environment version { number } model { id } updatedAt } } }",
      { input: { modelId, version: "1.0.0", environment: "PRODUCTION", ...input } },
    );

  it("numbers versions, and says what was measured and what they take and answer", async () => {
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { id number sha256 sizeBytes model { id }
        metrics { accuracy precision recall f1 r2 meanAbsoluteError rootMeanSquaredError loss confusion rows }
        signature { inputs { column kind categories } ignored output { column type classes } } } } } }`,
      { id: modelId },
    );
    const [second, first] = model.versions.nodes;
    expect([first.number, second.number]).to.deep.equal(["1.0.0", "1.1.0"]);
    expect(first.sha256)
      .to.match(/^[0-9a-f]{64}$/)
      .and.not.equal(second.sha256);
    expect(first.sizeBytes).to.be.greaterThan(1_000);
    expect(first.model.id).to.equal(modelId);
    const { r2, meanAbsoluteError, rootMeanSquaredError, confusion, rows, accuracy } = first.metrics;
    expect([r2, meanAbsoluteError, rootMeanSquaredError]).to.deep.equal([null, null, null]);
    expect(confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).to.equal(rows);
    expect(accuracy).to.be.within(0, 1);
    const { inputs, ignored, output } = first.signature;
    expect(output).to.deep.equal({
      column: "species",
      type: "CLASSIFICATION",
      classes: ["Adelie", "Chinstrap", "Gentoo"],
    });
    expect(ignored).to.deep.equal(["species"]);
    expect(inputs.find(({ column }: { column: string }) => column === "island")).to.deep.equal({
      column: "island",
      kind: "CATEGORY",
      categories: ["Biscoe", "Dream", "Torgersen"],
    });
    expect(inputs.find(({ column }: { column: string }) => column === "body_mass_g").kind).to.equal("NUMBER");
  });

  it("measures a regression by its own metrics", async () => {
    const id = await createModel(tenant.owner, { type: "REGRESSION", target: "body_mass_g" });
    await ended(tenant.owner, await start(tenant.owner, { modelId: id, datasetId, hyperparameters: quick }));
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { versions { nodes { metrics { accuracy f1 confusion r2 meanAbsoluteError loss } signature { output { type classes } } } } } }",
      { id },
    );
    const [{ metrics, signature }] = model.versions.nodes;
    expect([metrics.accuracy, metrics.f1, metrics.confusion]).to.deep.equal([null, null, null]);
    expect(metrics.meanAbsoluteError).to.be.greaterThan(0);
    expect(signature.output).to.deep.equal({ type: "REGRESSION", classes: null });
  });

  it("deploys a version to an environment and replaces it under the same id", async () => {
    const first = (await tryDeploy({ environment: "STAGING" })).data.deployModel.deployment;
    const second = (await tryDeploy({ environment: "STAGING", version: "1.1.0" })).data.deployModel
      .deployment;
    expect(second).to.deep.include({ id: first.id, version: { number: "1.1.0" }, model: { id: modelId } });
    await tryDeploy({ environment: "DEVELOPMENT" });
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { deployments { environment version { number } } } }",
      { id: modelId },
    );
    expect(model.deployments).to.deep.equal([
      { environment: "DEVELOPMENT", version: { number: "1.0.0" } },
      { environment: "STAGING", version: { number: "1.1.0" } },
    ]);
  });

  it("keeps one deployment of an environment when many deploy at once", async () => {
    const versions = ["1.0.0", "1.1.0", "1.0.0", "1.1.0", "1.0.0", "1.1.0"];
    const answers = await Promise.all(versions.map((version) => tryDeploy({ version })));
    for (const answer of answers) expect(answer).to.succeed();
    expect(new Set(answers.map(({ data }) => data.deployModel.deployment.id)).size).to.equal(1);
  });

  it("answers NOT_FOUND for a version of another model or tenant, and BAD_USER_INPUT for what is none", async () => {
    const empty = await createModel(tenant.owner);
    expect(await tryDeploy({ modelId: empty })).to.failWith("NOT_FOUND");
    expect(await tryDeploy({ version: "9.0.0" })).to.failWith("NOT_FOUND");
    expect(await tryDeploy({ version: "latest" })).to.failWith("BAD_USER_INPUT");
    const foreign = await other.owner.send(
      "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }",
      { input: { modelId, version: "1.0.0", environment: "PRODUCTION" } },
    );
    expect(foreign).to.failWith("NOT_FOUND");
    const undeploy =
      "mutation ($input: UndeployModelInput!) { undeployModel(input: $input) { undeployedDeploymentId } }";
    const input = { modelId, environment: "STAGING" };
    expect((await other.owner.send(undeploy, { input })).data.undeployModel.undeployedDeploymentId).to.equal(
      null,
    );
    const { undeployModel } = await tenant.owner.get(undeploy, { input });
    expect(undeployModel.undeployedDeploymentId).to.match(/^deployment_/);
    expect((await tenant.owner.get(undeploy, { input })).undeployModel.undeployedDeploymentId).to.equal(null);
  });

  it("reads a list with owners, newest jobs and deployments in one statement, however long it is", async () => {
    for (let made = 0; made < 5; made++) await createModel(tenant.owner);
    const fields =
      "owner { email } latestTrainingJob { status version { number } } deployments { version { number } }";
    const list = (first: number) =>
      tenant.owner.get(`{ models(first: ${first}) { nodes { name ${fields} } } }`);
    expect(await statementsOf(() => list(2))).to.have.length(1);
    expect(await statementsOf(() => list(50))).to.have.length(1);
    const { models } = await list(50);
    const penguins = models.nodes.find(({ name }: { name: string }) => name === "penguins");
    expect(penguins.owner.email).to.equal("owner@versions.test");
    expect(penguins.latestTrainingJob).to.deep.equal({ status: "SUCCEEDED", version: { number: "1.1.0" } });
    expect(models.nodes[0].latestTrainingJob).to.equal(null);
  });

  it("shows no owner for what an API key made", async () => {
    const key = await tenant.apiKey(["model:create", "model:read"]);
    const { data } = await tryCreateModel(key, { name: "by a key" });
    const { model } = await tenant.owner.get("query ($id: ID!) { model(id: $id) { owner { id } } }", {
      id: data.createModel.model.id,
    });
    expect(model.owner).to.equal(null);
  });

  it("takes everything along when a model is deleted, and predicts with it no more", async () => {
    const id = await createModel(tenant.owner);
    const jobId = await start(tenant.owner, { modelId: id, datasetId, hyperparameters: quick });
    await ended(tenant.owner, jobId);
    await deploy(tenant.owner, id);
    expect(await predict(tenant.owner, id)).to.succeed();
    await tenant.owner.get("mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }", {
      id,
    });
    expect(await predict(tenant.owner, id)).to.failWith("NOT_FOUND");
    for (const table of ["model_version", "deployment", "training_job"]) {
      const [row] = await world.admin<{ count: number }>(
        `select count(*)::int from ${tenant.schema}.${table} where model_id = $1`,
        [id],
      );
      expect(row?.count, table).to.equal(0);
    }
  });
});
