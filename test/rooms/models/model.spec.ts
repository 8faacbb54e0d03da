import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, tryCreateModel } from "../training/support.js";

interface Page {
  nodes: { name: string }[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

describe("models: created, changed, listed, deleted", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  before(async () => {
    world = await World.start({ role: "api" });
    tenant = await world.tenant("models");
    other = await world.tenant("others");
  });
  after(() => world.stop());

  const places = (answer: { errors?: { extensions?: Record<string, unknown> }[] }): string[] =>
    ((answer.errors?.[0]?.extensions?.fields ?? []) as { path: string }[]).map(({ path }) => path);

  const update = (id: string, input: object) =>
    tenant.owner.send(
      `mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model {
        name target features architecture { layers { units } } createdAt updatedAt } } }`,
      { input: { id, ...input } },
    );

  it("leaves target, features and architecture to the data where nothing is said", async () => {
    const { data } = await tryCreateModel(tenant.owner, { name: "by default" });
    const { id, ...facts } = data.createModel.model;
    expect(id).to.match(/^model_/);
    expect(facts).to.deep.equal({
      name: "by default",
      type: "CLASSIFICATION",
      target: null,
      features: null,
      architecture: null,
    });
  });

  it("takes the caller's layers, completed by the defaults", async () => {
    const layers = [
      { units: 12 },
      { units: 3, activation: "TANH", dropout: 0.2, l2: 0.01, batchNormalization: true },
    ];
    const { data } = await tryCreateModel(tenant.owner, { name: "layers", architecture: { layers } });
    expect(data.createModel.model.architecture.layers).to.deep.equal([
      { units: 12, activation: "RELU", dropout: 0, l2: 0, batchNormalization: false },
      layers[1],
    ]);
    const linear = await tryCreateModel(tenant.owner, { name: "linear", architecture: { layers: [] } });
    expect(linear.data.createModel.model.architecture.layers).to.deep.equal([]);
  });

  const refused: [what: string, input: object, path: string][] = [
    ["an empty name", { name: "" }, "name"],
    ["a name of 201 characters", { name: "n".repeat(201) }, "name"],
    ["no units", { architecture: { layers: [{ units: 1 }, { units: 0 }] } }, "architecture.layers.1.units"],
    ["2,049 units", { architecture: { layers: [{ units: 2_049 }] } }, "architecture.layers.0.units"],
    [
      "33 layers",
      { architecture: { layers: Array.from({ length: 33 }, () => ({ units: 1 })) } },
      "architecture.layers",
    ],
    [
      "dropout of all",
      { architecture: { layers: [{ units: 1, dropout: 1 }] } },
      "architecture.layers.0.dropout",
    ],
    ["a negative l2", { architecture: { layers: [{ units: 1, l2: -1 }] } }, "architecture.layers.0.l2"],
    ["no feature at all", { features: [] }, "features"],
    ["a feature twice", { features: ["a", "a"] }, "features"],
    ["the target as a feature", { target: "b", features: ["a", "b"] }, "features.1"],
  ];
  for (const [what, input, path] of refused) {
    it(`refuses ${what}, at ${path}`, async () => {
      const answer = await tryCreateModel(tenant.owner, { name: "refused", ...input });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(places(answer)).to.deep.equal([path]);
    });
  }

  it("gives a name once in a tenant, to one of many who ask at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => tryCreateModel(tenant.owner, { name: "churn" })),
    );
    expect(answers.filter(({ errors }) => !errors)).to.have.length(1);
    for (const answer of answers.filter(({ errors }) => errors))
      expect(answer).to.failWith("MODEL_NAME_TAKEN");
    expect(await tryCreateModel(other.owner, { name: "churn" })).to.succeed();
  });

  it("holds the plan's number of models under concurrency, and gives back what is deleted", async () => {
    const small = await world.tenant("small", "STARTER");
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, place) => tryCreateModel(small.owner, { name: `model ${place}` })),
    );
    const made = answers.filter(({ errors }) => !errors);
    expect(made).to.have.length(10);
    const refusal = answers.find(({ errors }) => errors);
    expect(refusal).to.failWith("QUOTA_EXCEEDED");
    expect(refusal?.errors?.[0]?.extensions).to.include({ limit: "models", allowed: 10, resetsAt: null });
    await small.owner.get("mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }", {
      id: made[0]?.data.createModel.model.id,
    });
    expect(await tryCreateModel(small.owner, { name: "again" })).to.succeed();
    expect(await tryCreateModel(small.owner, { name: "too many" })).to.failWith("QUOTA_EXCEEDED");
  });

  it("changes what is given, keeps what is left out, and goes back to the default for null", async () => {
    const id = await createModel(tenant.owner, {
      name: "first",
      target: "t",
      features: ["a"],
      architecture: { layers: [{ units: 4 }] },
    });
    const renamed = await update(id, { name: "second" });
    expect(renamed.data.updateModel.model).to.deep.include({ name: "second", target: "t", features: ["a"] });
    const cleared = await update(id, { target: null, features: null, architecture: null });
    expect(cleared.data.updateModel.model).to.deep.include({
      name: "second",
      target: null,
      features: null,
      architecture: null,
    });
    expect(await update(id, { name: null })).to.failWith("BAD_USER_INPUT");
    expect(await update(id, { name: "churn" })).to.failWith("MODEL_NAME_TAKEN");
    await update(id, { features: ["x", "y"] });
    const clash = await update(id, { target: "y" });
    expect(clash).to.failWith("BAD_USER_INPUT");
    expect(places(clash)).to.deep.equal(["features.1"]);
  });

  it("answers for another tenant's model as for none", async () => {
    const id = await createModel(other.owner, { name: "theirs" });
    const unknown = id.replace(/.{6}$/, "zzzzzz");
    for (const each of [id, unknown]) {
      expect(await update(each, { name: "mine" })).to.failWith("NOT_FOUND");
      expect(
        await tenant.owner.send(
          "mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }",
          {
            id: each,
          },
        ),
      ).to.failWith("NOT_FOUND");
      const { data } = await tenant.owner.send(
        "query ($id: ID!) { model(id: $id) { id } node(id: $id) { id } }",
        {
          id: each,
        },
      );
      expect(data).to.deep.equal({ model: null, node: null });
    }
  });

  it("lets viewers read and members not delete", async () => {
    const id = await createModel(tenant.owner);
    const viewer = await tenant.person("VIEWER");
    expect(await tryCreateModel(viewer, { name: "a viewer's" })).to.failWith("FORBIDDEN");
    expect((await viewer.get("query ($id: ID!) { model(id: $id) { id } }", { id })).model.id).to.equal(id);
  });

  it("filters, orders and pages", async () => {
    const lists = await world.tenant("lists");
    for (const name of ["beta", "Alpha", "gamma 50%", "delta_"]) await createModel(lists.owner, { name });
    await createModel(lists.owner, { name: "a number", type: "REGRESSION" });
    const names = async (args: string): Promise<string[]> =>
      (await lists.owner.get(`{ models${args} { nodes { name } } }`)).models.nodes.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names("")).to.deep.equal(["a number", "delta_", "gamma 50%", "Alpha", "beta"]);
    expect(await names("(filter: { type: REGRESSION })")).to.deep.equal(["a number"]);
    expect(await names('(filter: { nameContains: "ALPH" })')).to.deep.equal(["Alpha"]);
    // Neither is a wildcard.
    expect(await names('(filter: { nameContains: "%" })')).to.deep.equal(["gamma 50%"]);
    expect(await names('(filter: { nameContains: "_" })')).to.deep.equal(["delta_"]);
    expect(await names('(filter: { type: CLASSIFICATION, nameContains: "number" })')).to.deep.equal([]);
    expect(await names("(orderBy: { field: CREATED_AT })")).to.deep.equal((await names("")).toReversed());
    const byName = await names("(orderBy: { field: NAME, direction: DESC })");
    expect(await names("(orderBy: { field: NAME })")).to.deep.equal(byName.toReversed());
    const paged: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { models }: { models: Page } = await lists.owner.get(
        "query ($after: String) { models(first: 2, after: $after, orderBy: { field: NAME, direction: DESC }) { nodes { name } totalCount pageInfo { hasNextPage endCursor } } }",
        { after },
      );
      expect(models.totalCount).to.equal(5);
      paged.push(...models.nodes.map(({ name }) => name));
      ({ endCursor: after, hasNextPage: more } = models.pageInfo);
    }
    expect(paged).to.deep.equal(byName);
  });
});
