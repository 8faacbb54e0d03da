import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, deployedModel, metered, penguin, predict } from "../training/support.js";

const document = `mutation ($input: ExplainPredictionInput!) { explainPrediction(input: $input) {
  attributions { column word patch { x } value } method baseline label output baselineOutput sumError evaluations
  version { number } engine } }`;

describe("serving: why a prediction is what it is", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("explains");
    modelId = await deployedModel(tenant.owner);
  });
  after(() => world.stop());

  const explain = (client: Client, more: object = {}): Promise<Answer> =>
    client.send(document, { input: { modelId, row: penguin, ...more } });
  const fields = (answer: Answer) =>
    answer.errors?.[0]?.extensions?.["fields"] as { path: string; message: string }[] | undefined;

  it("says what each column adds, by which method, and against what", async () => {
    const { data } = await explain(tenant.owner);
    const { attributions, output, baselineOutput, label, ...rest } = data.explainPrediction;
    expect(attributions.map(({ column }: { column: string }) => column)).to.have.members(
      Object.keys(penguin),
    );
    const sum = attributions.reduce((total: number, { value }: { value: number }) => total + value, 0);
    expect(sum).to.be.closeTo(output - baselineOutput, 1e-9);
    expect(rest.sumError).to.be.below(1e-9);
    expect(rest).to.deep.include({
      method: "SHAPLEY_EXACT",
      baseline: "TRAINING_STATISTICS",
      evaluations: 64,
      version: { number: "1.0.0" },
      engine: "ONNXRUNTIME",
    });
    const predicted = (await predict(tenant.owner, modelId)).data.predict.predictions[0];
    expect(label).to.equal(predicted.label);
    expect(output).to.be.closeTo(predicted.confidence, 1e-6);
  });

  it("meters every evaluation, once, and none of what it refuses", async () => {
    const before = await metered(world, tenant, "PREDICTIONS");
    expect(await explain(tenant.owner)).to.succeed();
    const after = await metered(world, tenant, "PREDICTIONS");
    expect(after).to.deep.equal({ events: before.events + 1, quantity: before.quantity + 64 });
    expect(await explain(tenant.owner, { label: "Emperor" })).to.failWith("BAD_USER_INPUT");
    expect(await metered(world, tenant, "PREDICTIONS")).to.deep.equal(after);
  });

  it("names the place of what is wrong", async () => {
    const refused: [object, string][] = [
      [{ row: { iland: 1 } }, "row.iland"],
      [{ row: { sex: ["MALE"] } }, "row.sex"],
      [{ label: "Emperor" }, "label"],
      [{ evaluations: 3 }, "evaluations"],
    ];
    for (const [more, path] of refused) {
      const answer = await explain(tenant.owner, more);
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(fields(answer)?.[0]?.path).to.contain(path);
    }
  });

  it("stays within the plan's predictions", async () => {
    const starter = await world.tenant("small-plan", "STARTER");
    const own = await deployedModel(starter.owner);
    const answers = [
      await explain(starter.owner, { modelId: own }),
      await explain(starter.owner, { modelId: own }),
      await explain(starter.owner, { modelId: own }),
    ];
    // 64 of 100 a minute; a minute may end in between.
    expect(answers.filter(({ errors }) => errors).length).to.be.greaterThan(0);
    for (const answer of answers.filter(({ errors }) => errors)) expect(answer).to.failWith("QUOTA_EXCEEDED");
    await world.admin(`update ${starter.schema}.quota_counter set used = 10_000 where window_name = 'DAY'`);
    // That there is no such class is found out by evaluating, which is not begun any more.
    const vain = await explain(starter.owner, { modelId: own, label: "Emperor" });
    expect(vain).to.failWith("QUOTA_EXCEEDED");
    expect(vain.errors?.[0]?.extensions).to.include({ limit: "predictionsPerDay" });
  });

  it("is for who may predict, and for no one else's models", async () => {
    const other = await world.tenant("curious");
    expect(await explain(other.owner)).to.failWith("NOT_FOUND");
    expect(await explain(await tenant.person("VIEWER"))).to.failWith("FORBIDDEN");
    expect(await explain(await tenant.apiKey(["prediction:create"]))).to.succeed();
    expect(await explain(tenant.owner, { modelId: await createModel(tenant.owner) })).to.failWith(
      "NOT_DEPLOYED",
    );
  });
});
