import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import type { Answer, Client } from "../../support/client.js";
import { createDataset, createModel, deploy, ended, predict, quick, start } from "../training/support.js";

const rollback = (client: Client, modelId: string, environment = "PRODUCTION"): Promise<Answer> =>
  client.send(
    "mutation ($input: RollbackDeploymentInput!) { rollbackDeployment(input: $input) { deployment { id version { number } } } }",
    { input: { modelId, environment } },
  );

const historyQuery = `query ($id: ID!, $filter: DeploymentChangeFilter) { model(id: $id) {
  deploymentHistory(filter: $filter) { totalCount nodes { id kind environment createdAt version { number } by { email } model { id } } } } }`;

describe("models: rollback of deployments", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let modelId: string;
  before(async () => {
    world = await World.start({ predictionThreads: 2 });
    tenant = await world.tenant("rollback");
    other = await world.tenant("foreign");
    const datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
    for (const seed of [1, 2, 3])
      await ended(
        tenant.owner,
        await start(tenant.owner, { modelId, datasetId, seed, hyperparameters: quick }),
      );
  });
  after(() => world.stop());

  const numberOf = ({ data }: Answer): string => data.rollbackDeployment.deployment.version.number;
  const undeploy = (environment: string): Promise<unknown> =>
    tenant.owner.get(
      "mutation ($input: UndeployModelInput!) { undeployModel(input: $input) { undeployedDeploymentId } }",
      { input: { modelId, environment } },
    );
  const deployTo = (environment: string, version: string): Promise<unknown> =>
    tenant.owner.get(
      "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }",
      { input: { modelId, version, environment } },
    );

  it("finds a version by its number", async () => {
    const query =
      "query ($id: ID!, $number: String) { model(id: $id) { versions(filter: { number: $number }) { nodes { number } } } }";
    const found = async (number: string) =>
      (await tenant.owner.get(query, { id: modelId, number })).model.versions.nodes;
    expect(await found("1.1.0")).to.deep.equal([{ number: "1.1.0" }]);
    expect(await found("7.0.0")).to.deep.equal([]);
  });

  it("refuses where nothing, or no other version, was deployed before", async () => {
    expect(await rollback(tenant.owner, modelId)).to.failWith("NOTHING_TO_ROLL_BACK");
    await deploy(tenant.owner, modelId, "1.0.0");
    await deploy(tenant.owner, modelId, "1.0.0");
    expect(await rollback(tenant.owner, modelId)).to.failWith("NOTHING_TO_ROLL_BACK");
  });

  it("goes back step by step, and is answered with at once", async () => {
    await deploy(tenant.owner, modelId, "1.1.0");
    await deploy(tenant.owner, modelId, "1.2.0");
    expect((await predict(tenant.owner, modelId)).data.predict.version.number).to.equal("1.2.0");
    expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.1.0");
    expect((await predict(tenant.owner, modelId)).data.predict.version.number).to.equal("1.1.0");
    expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.0.0");
    expect(await rollback(tenant.owner, modelId)).to.failWith("NOTHING_TO_ROLL_BACK");
  });

  it("brings back what was undeployed, and never a pause", async () => {
    await deployTo("STAGING", "1.0.0");
    await undeploy("STAGING");
    expect(numberOf(await rollback(tenant.owner, modelId, "STAGING"))).to.equal("1.0.0");
    await undeploy("STAGING");
    await deployTo("STAGING", "1.2.0");
    expect(numberOf(await rollback(tenant.owner, modelId, "STAGING"))).to.equal("1.0.0");
    await deployTo("STAGING", "1.1.0");
    expect(numberOf(await rollback(tenant.owner, modelId, "STAGING"))).to.equal("1.0.0");
  });

  it("keeps environments apart, and shows who did what", async () => {
    await deployTo("DEVELOPMENT", "1.0.0");
    await deployTo("DEVELOPMENT", "1.1.0");
    await rollback(tenant.owner, modelId, "DEVELOPMENT");
    const filter = { environment: "DEVELOPMENT" };
    const { model } = await tenant.owner.get(historyQuery, { id: modelId, filter });
    const { nodes, totalCount } = model.deploymentHistory;
    expect(totalCount).to.equal(3);
    expect(
      nodes.map(({ kind, version }: { kind: string; version: { number: string } }) => [kind, version.number]),
    ).to.deep.equal([
      ["ROLLED_BACK", "1.0.0"],
      ["DEPLOYED", "1.1.0"],
      ["DEPLOYED", "1.0.0"],
    ]);
    for (const { by, model: of } of nodes)
      expect([by.email, of.id]).to.deep.equal(["owner@rollback.test", modelId]);
    const all = await tenant.owner.get(historyQuery, { id: modelId });
    expect(
      all.model.deploymentHistory.nodes.some(
        ({ kind, version }: { kind: string; version: unknown }) => kind === "UNDEPLOYED" && version === null,
      ),
    ).to.equal(true);
    const node = "query ($id: ID!) { node(id: $id) { id } }";
    expect((await tenant.owner.get(node, { id: nodes[0].id })).node.id).to.equal(nodes[0].id);
    expect((await other.owner.get(node, { id: nodes[0].id })).node).to.equal(null);
  });

  it("is kept in the audit trail", async () => {
    const { auditEvents } = await tenant.owner.get(
      '{ auditEvents(filter: { actions: ["model.rolledBack"] }) { nodes { action subject before after } } }',
    );
    const [event] = auditEvents.nodes;
    expect(event.subject).to.equal(modelId);
    expect(event.before.versionId).to.not.equal(event.after.versionId);
    expect(event.after).to.deep.include({ environment: "DEVELOPMENT", number: "1.0.0" });
  });

  it("knows no model of another tenant, and asks for the permission to deploy", async () => {
    expect(await rollback(other.owner, modelId)).to.failWith("NOT_FOUND");
    expect(await rollback(await tenant.person("VIEWER"), modelId)).to.failWith("FORBIDDEN");
  });

  it("does not mix up what many do at once", async () => {
    const numbers = ["1.0.0", "1.1.0", "1.2.0", "1.0.0", "1.1.0", "1.2.0"];
    await Promise.all([
      ...numbers.map((number) => deployTo("STAGING", number)),
      ...numbers.map(() => rollback(tenant.owner, modelId, "STAGING")),
    ]);
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { deployments { environment version { number } }
        deploymentHistory(first: 1, filter: { environment: STAGING }) { nodes { version { number } } } } }`,
      { id: modelId },
    );
    const staging = model.deployments.find(
      ({ environment }: { environment: string }) => environment === "STAGING",
    );
    expect(model.deploymentHistory.nodes[0].version).to.deep.equal(staging.version);
  });

  it("keeps as many replicas as were asked for, and refuses more than there are serving threads", async () => {
    const replicas = (version: string, count?: number): Promise<Answer> =>
      tenant.owner.send(
        "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { replicas } } }",
        { input: { modelId, version, environment: "DEVELOPMENT", replicas: count } },
      );
    expect(await replicas("1.0.0")).to.have.nested.property("data.deployModel.deployment.replicas", 1);
    expect(await replicas("1.0.0", 2)).to.have.nested.property("data.deployModel.deployment.replicas", 2);
    expect(await replicas("1.1.0")).to.have.nested.property("data.deployModel.deployment.replicas", 2);
    const refused = await replicas("1.2.0", 3);
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(JSON.stringify(refused.errors))
      .to.include("TENFOLD_PREDICTION_THREADS")
      .and.to.include('"replicas"');
    await rollback(tenant.owner, modelId, "DEVELOPMENT");
    expect(await replicas("1.1.0")).to.have.nested.property("data.deployModel.deployment.replicas", 2);
    await undeploy("DEVELOPMENT");
  });

  describe("a canary", () => {
    const beside = (version: string, trafficPercent: number): Promise<Answer> =>
      tenant.owner.send(
        `mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment {
          canaryPercent canary { number } version { number } } } }`,
        { input: { modelId, version, environment: "PRODUCTION", trafficPercent } },
      );
    const shown = ({ data }: Answer): unknown => data.deployModel.deployment;
    /** Which versions answer many requests. */
    const answering = async (): Promise<string[]> => {
      const answers = await Promise.all(Array.from({ length: 60 }, () => predict(tenant.owner, modelId)));
      const numbers = new Set<string>(answers.map(({ data }) => data.predict.version.number));
      return ["1.0.0", "1.1.0", "1.2.0"].filter((number) => numbers.has(number));
    };

    before(async () => {
      await deployTo("PRODUCTION", "1.1.0");
      await deployTo("PRODUCTION", "1.0.0");
    });

    it("answers a part of the requests, and takes the place of the other once it is deployed whole", async () => {
      expect(shown(await beside("1.2.0", 50))).to.deep.equal({
        canaryPercent: 50,
        canary: { number: "1.2.0" },
        version: { number: "1.0.0" },
      });
      expect(await answering()).to.deep.equal(["1.0.0", "1.2.0"]);
      expect(shown(await beside("1.2.0", 100))).to.deep.include({
        canary: null,
        version: { number: "1.2.0" },
      });
      expect(await answering()).to.deep.equal(["1.2.0"]);
      expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.0.0");
    });

    it("is ended by a rollback, which leaves the other where it was", async () => {
      await beside("1.2.0", 20);
      await beside("1.2.0", 60);
      expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.0.0");
      expect(await answering()).to.deep.equal(["1.0.0"]);
      expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.1.0");
      const { model } = await tenant.owner.get(
        `query ($id: ID!) { model(id: $id) { deploymentHistory(first: 4, filter: { environment: PRODUCTION }) {
          nodes { kind trafficPercent version { number } } } } }`,
        { id: modelId },
      );
      expect(model.deploymentHistory.nodes).to.deep.equal([
        { kind: "ROLLED_BACK", trafficPercent: null, version: { number: "1.1.0" } },
        { kind: "ROLLED_BACK", trafficPercent: null, version: { number: "1.0.0" } },
        { kind: "CANARY", trafficPercent: 60, version: { number: "1.2.0" } },
        { kind: "CANARY", trafficPercent: 20, version: { number: "1.2.0" } },
      ]);
    });

    it("has its end in the audit trail too", async () => {
      await deployTo("PRODUCTION", "1.0.0");
      await beside("1.2.0", 30);
      await beside("1.1.0", 40);
      await rollback(tenant.owner, modelId);
      const { auditEvents } = await tenant.owner.get("{ auditEvents(first: 2) { nodes { action before } } }");
      const [ended, replaced] = auditEvents.nodes;
      expect([ended.action, replaced.action]).to.deep.equal(["model.rolledBack", "model.canaryDeployed"]);
      expect(ended.before).to.include({ trafficPercent: 40 });
      expect(replaced.before).to.include({ versionId: ended.before.versionId, trafficPercent: 30 });
      expect(replaced.before.canaryVersionId).to.not.equal(ended.before.canaryVersionId);
    });

    it("is never what a later rollback goes back to", async () => {
      await deployTo("PRODUCTION", "1.0.0");
      await beside("1.2.0", 10);
      await deployTo("PRODUCTION", "1.1.0");
      expect(await answering()).to.deep.equal(["1.1.0"]);
      expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.0.0");
      await beside("1.2.0", 10);
      await undeploy("PRODUCTION");
      expect(await beside("1.2.0", 10)).to.failWith("NOT_DEPLOYED");
      expect(numberOf(await rollback(tenant.owner, modelId))).to.equal("1.0.0");
      expect(await answering()).to.deep.equal(["1.0.0"]);
    });

    it("is another version than the one deployed, and answers 1 to 100 percent", async () => {
      expect(await beside("1.0.0", 10)).to.failWith("BAD_USER_INPUT");
      for (const percent of [0, 101]) expect(await beside("1.2.0", percent)).to.failWith("BAD_USER_INPUT");
      expect(await beside("9.9.9", 10)).to.failWith("NOT_FOUND");
    });
  });
});
