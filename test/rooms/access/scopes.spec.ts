import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";

const create = (name: string, below: string): string =>
  `mutation { createModel(input: { name: "${name}", type: CLASSIFICATION }) { model { id ${below} } } }`;

describe("what a narrow API key can reach", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("scopes");
    await tenant.owner.get(create("seen", ""));
  });
  after(() => world.stop());

  it("ends where the next thing asks for another permission", async () => {
    const reader = await tenant.apiKey(["model:read"]);
    expect(await reader.send("{ models { nodes { name versions { nodes { number } } } } }")).to.succeed();
    expect(await reader.send("{ models { nodes { owner { email } } } }")).to.failWith("FORBIDDEN");
    expect(await reader.send("{ models { nodes { latestTrainingJob { id } } } }")).to.failWith("FORBIDDEN");
    const trainer = await tenant.apiKey(["training:read"]);
    expect(await trainer.send("{ trainingJobs { nodes { status } } }")).to.succeed();
    const { createModel, createDataset } = await tenant.owner.get(`mutation {
      createModel(input: { name: "trained", type: CLASSIFICATION, target: "b" }) { model { id } }
      createDataset(input: { name: "d", format: CSV, content: "a,b\\n${"1,x\\n2,y\\n".repeat(10)}" }) { dataset { id } } }`);
    await tenant.owner.get(
      "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }",
      { input: { modelId: createModel.model.id, datasetId: createDataset.dataset.id } },
    );
    for (const way of ["dataset { name }", "model { name }", "version { number }"])
      expect(await trainer.send(`{ trainingJobs { nodes { ${way} } } }`), way).to.failWith("FORBIDDEN");
  });

  it("changes nothing in a mutation that is forbidden at a field below", async () => {
    const key = await tenant.apiKey(["model:create"]);
    expect(await key.send(create("ghost", "trainingJobs { nodes { id } }"))).to.failWith("FORBIDDEN");
    expect(await key.send(create("ghost", "owner { email }"))).to.failWith("FORBIDDEN");
    const { models } = await tenant.owner.get('{ models(filter: { nameContains: "ghost" }) { totalCount } }');
    expect(models.totalCount).to.equal(0);
    expect(await key.send(create("ghost", "name"))).to.succeed();
  });

  it("changes nothing where one of several mutations is forbidden", async () => {
    const key = await tenant.apiKey(["model:create"]);
    const both = `mutation { a: createModel(input: { name: "first", type: REGRESSION }) { model { id } }
      b: inviteUser(input: { email: "x@scopes.test", name: "X", role: VIEWER }) { user { id } } }`;
    expect(await key.send(both)).to.failWith("FORBIDDEN");
    const { models } = await tenant.owner.get('{ models(filter: { nameContains: "first" }) { totalCount } }');
    expect(models.totalCount).to.equal(0);
  });

  it("takes null for a default", async () => {
    const usage =
      'query ($g: UsageGrouping) { usage(from: "2020-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z", groupBy: $g) { lines { key } } }';
    expect(await tenant.owner.send(usage, { g: null })).to.succeed();
    const input = { modelId: "model_none", environment: null, rows: [{}] };
    const predict = "mutation ($input: PredictInput!) { predict(input: $input) { latencyMs } }";
    expect(await tenant.owner.send(predict, { input })).to.failWith("NOT_FOUND");
  });
});
