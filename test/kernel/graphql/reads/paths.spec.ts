import { expect } from "chai";
import { put, raw } from "../../../../scripts/support/planner-rows.js";
import { newId } from "../../../../src/kernel/clock.js";
import type { Client } from "../../../support/client.js";
import { statementsOf } from "../../../support/statements.js";
import { type TenantOfWorld, World } from "../../../support/world.js";

/** Which way an operation went, and what it took. */
describe("the ways of a read", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let owner: Client;
  const models = [newId("model"), newId("model"), newId("model")];
  const versions = [newId("version"), newId("version")];
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("ways");
    ({ owner } = tenant);
    const at = "2024-01-01T00:00:00Z";
    const rows = models.map((id, index) => ({
      id,
      name: `model ${index}`,
      type: "REGRESSION",
      created_at: at,
      updated_at: at,
    }));
    await put(world, tenant.schema, "model", rows);
    const more = {
      model_id: models[0],
      metrics: { loss: 1, rows: 1 },
      signature: {},
      sha256: "",
      size_bytes: 1,
      source: "TRAINED",
      created_at: at,
    };
    await put(
      world,
      tenant.schema,
      "model_version",
      versions.map((id, ordinal) => ({ id, ordinal, number: `1.${ordinal}.0`, ...more })),
    );
    const where = { model_id: models[0], version_id: versions[0], created_at: at, updated_at: at };
    const deployment = { id: newId("deployment"), environment: "STAGING", ...where };
    await put(world, tenant.schema, "deployment", [deployment]);
    await put(world, tenant.schema, "dataset", [
      {
        id: newId("dataset"),
        series_id: "dataset",
        version: 1,
        name: "d",
        format: "CSV",
        header: true,
        status: "PENDING",
        created_at: at,
        updated_at: at,
      },
    ]);
    await owner.get("{ viewer { id } }");
  });
  after(() => world.stop());

  /** What `/metrics` counts by path. */
  const counted = async (): Promise<Map<string, number>> => {
    const text = await (await fetch(`${world.url}/metrics`)).text();
    const lines = text.matchAll(/^tenfold_graphql_reads_total\{path="(\w+)"\} (\d+)$/gm);
    return new Map([...lines].map(([, path = "", count]) => [path, Number(count)]));
  };

  /** The path that grew while `body` ran. */
  const pathOf = async (body: () => Promise<unknown>): Promise<string> => {
    const before = await counted();
    await body();
    const after = await counted();
    return [...after].flatMap(([path, count]) => (count > (before.get(path) ?? 0) ? [path] : [])).join();
  };

  const tree = `models(first: 10) { nodes { id name owner { name } latestTrainingJob { id model { name } }
    deployments { environment version { number model { name } } } versions(first: 2) { totalCount nodes { number metrics { loss } } } } }`;

  it("is one statement for whatever nests, and for several root fields", async () => {
    const documents = [
      `{ ${tree} }`,
      `query ($id: ID!) { model(id: $id) { name } ${tree} trainingJobs { pageInfo { endCursor } } again: models { totalCount } }`,
      "{ models { totalCount } __typename }",
      "{ models(first: 1) { pageInfo { hasPreviousPage } } }",
      "{ models { __typename } users { nodes { email } } }",
    ];
    for (const document of documents) {
      const sent = await statementsOf(async () => {
        const path = await pathOf(() => owner.get(document, { id: models[0] }));
        expect(path, document).to.equal("statement");
      });
      expect(sent, document).to.have.length(1);
    }
  });

  it("is the resolvers' where a document asks for too many things at once to plan", async () => {
    const fields = `owner { id } latestTrainingJob { id model { id } } deployments { id model { id } version { id model { id } } }
      versions(first: 1) { nodes { id model { id } } } trainingJobs(first: 1) { nodes { id model { id } version { id } dataset { id } } }`;
    const document = (roots: number): string => `fragment M on Model { ${fields} }
      { ${Array.from(
        { length: roots },
        (_, index) => `m${index}: models(first: 1) { nodes { ...M
        deployments { model { ...M } } latestTrainingJob { model { ...M } } versions(first: 1) { nodes { model { ...M } } } } }`,
      ).join(" ")} }`;
    expect(await pathOf(() => owner.get(document(1)))).to.equal("statement");
    // The roots that still fit are planned, the others are not.
    expect(await pathOf(() => owner.get(document(6)))).to.equal("ahead");
  });

  it("is one statement ahead of the resolvers where something is computed", async () => {
    const document =
      "{ datasets { nodes { id status columns { name } } } trainingJobs { nodes { progress { epoch } } } }";
    let path = "";
    const sent = await statementsOf(async () => {
      path = await pathOf(() => owner.get(document));
    });
    expect([path, sent.length]).to.deep.equal(["ahead", 1]);
  });

  it("is none for what a document says by itself, and one a place where tenants and their registry are asked", async () => {
    expect(await statementsOf(() => owner.get("{ __typename }"))).to.deep.equal([]);
    expect(await statementsOf(() => owner.get("{ models @skip(if: true) { totalCount } }"))).to.deep.equal(
      [],
    );
    const operator = await world.operator();
    await operator.get("{ viewer { id } }");
    const sent = await statementsOf(() => operator.get("{ tenants { nodes { slug } totalCount } }"));
    expect(sent).to.have.length(1);
    expect(sent[0]).to.contain(`from "control"."tenant"`);
  });

  it("reads the rows of whoever asks by the ids that the request says", async () => {
    const document = "{ me: viewer { id person: user { id name } tenant { slug } apiKey { id } } }";
    let answer: { data?: { me?: { id?: string; person?: object; tenant?: object; apiKey?: unknown } } } = {};
    const sent = await statementsOf(async () => {
      answer = (await owner.send(document)) as typeof answer;
    });
    expect(sent).to.have.length(2);
    const { id, person, tenant: home, apiKey } = answer.data?.me ?? {};
    expect(person).to.have.property("id", id);
    expect(home).to.have.property("slug", tenant.slug);
    expect(apiKey).to.equal(null);
    const key = await tenant.apiKey(["model:read"]);
    const asked = await key.send("{ viewer { id user { id } apiKey { id } } }");
    expect(asked).to.have.nested.property("data.viewer.user", null);
    expect(asked).to.have.nested.property("data.viewer.apiKey.id").that.is.a("string");
  });

  it("counts only where the total is selected", async () => {
    const counts = async (document: string): Promise<boolean> =>
      (await statementsOf(() => owner.get(document))).some((text) => /select count\(\*\)/.test(text));
    expect(await counts("{ models { nodes { id } pageInfo { hasNextPage } } }")).to.equal(false);
    expect(await counts("{ models { nodes { id } totalCount @include(if: false) } }")).to.equal(false);
    expect(await counts("{ models { nodes { id } totalCount } }")).to.equal(true);
    const nested = (total: string): string => `{ models { nodes { versions { nodes { id } ${total} } } } }`;
    expect(await counts(nested(""))).to.equal(false);
    expect(await counts(nested("totalCount"))).to.equal(true);
  });

  it("is told apart by the counter", async () => {
    const ways: [path: string, document: string, variables?: object][] = [
      ["statement", "{ models { nodes { name } } }"],
      ["ahead", "{ datasets { nodes { status } } }"],
      ["statement", "{ viewer { id } models { nodes { name } } }"],
      ["statement", "{ viewer { user { id } tenant { slug } } models { nodes { name } } }"],
      ["ahead", '{ viewer { user { id } can(action: "model:read") } models { nodes { name } } }'],
      ["resolvers", '{ viewer { user { id } can(action: "model:read") } }'],
      ["resolvers", "{ __schema { queryType { name } } }"],
      ["argument", "{ models(first: 101) { totalCount } }"],
      ["argument", '{ models(after: "nonsense") { totalCount } }'],
      ["argument", "query ($on: Boolean = true) { models @include(if: $on) { totalCount } }", { on: null }],
      ["argument", "query ($id: ID!) { model(id: $id) { id } }", { id: null }],
      ["argument", "query ($id: ID!) { model(id: $id) { id } }", { id: "model_\u0000" }],
    ];
    for (const [path, document, variables] of ways)
      expect(await pathOf(() => owner.send(document, variables)), document).to.equal(path);
  });

  it("is left to the plain resolvers as a whole where a rule refuses any field of it", async () => {
    const key = await tenant.apiKey(["model:read"]);
    const document = "{ models { nodes { name owner { name } } } }";
    let answer;
    const path = await pathOf(async () => {
      answer = await key.send(document);
    });
    expect(path).to.equal("refused");
    expect(answer).to.failWith("FORBIDDEN");
    expect(answer).to.have.nested.property("data.models.nodes[0].name", "model 2");
    const skipped = "{ models { nodes { name owner @skip(if: true) { name } } } }";
    expect(await pathOf(() => key.get(skipped))).to.equal("refused");
    expect(await pathOf(() => key.get("{ models { nodes { name } } }"))).to.equal("statement");
  });

  it("is left to them for a row that the graph can't say", async () => {
    const id = newId("model");
    const at = "2024-01-01T00:00:00Z";
    const row = { id, name: "odd", type: "MAGIC", created_at: "10000-01-01T00:00:00Z", updated_at: at };
    await put(world, tenant.schema, "model", [row]);
    const ask = (fields: string) => owner.send(`{ model(id: "${id}") { ${fields} } }`);
    expect(await pathOf(() => ask("name"))).to.equal("statement");
    expect(await pathOf(() => ask("createdAt"))).to.equal("row");
    expect((await ask("createdAt")).data.model.createdAt).to.equal("+010000-01-01T00:00:00.000Z");
    expect(await ask("type")).to.failWith("INTERNAL");
    await world.admin(`delete from ${tenant.schema}.model where id = $1`, [id]);
  });

  it("is left to them for a number that no double can be", async () => {
    const [id, model_id] = [newId("version"), models[2]];
    const made = { signature: {}, sha256: "", size_bytes: 1, source: "TRAINED" };
    const row = { id, model_id, number: "1.0.0", ordinal: 1, ...made };
    const metrics = { accuracy: raw("0.10"), loss: raw("1e400"), rows: 1 };
    await put(world, tenant.schema, "model_version", [
      { ...row, metrics, created_at: "2024-01-01T00:00:00Z" },
    ]);
    const ask = (field: string) =>
      owner.send(`{ model(id: "${model_id}") { versions { nodes { metrics { ${field} } } } } }`);
    expect(await pathOf(() => ask("accuracy"))).to.equal("statement");
    expect((await ask("accuracy")).data.model.versions.nodes).to.deep.equal([{ metrics: { accuracy: 0.1 } }]);
    expect(await pathOf(() => ask("loss"))).to.equal("row");
    expect(await ask("loss")).to.failWith("INTERNAL");
    await world.admin(`delete from ${tenant.schema}.model_version where id = $1`, [id]);
  });

  it("is planned anew for each answer of its variables to @include", async () => {
    const document = `query ($a: Boolean!, $b: Boolean = true) {
      models(first: 1) { nodes { id @include(if: $a) ...N @skip(if: $b) } ...C @include(if: $a) } }
      fragment N on Model { name } fragment C on ModelConnection { totalCount }`;
    const asked = async (variables: object): Promise<unknown> =>
      (await owner.get(document, variables)).models;
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await asked({ a: true })).to.deep.equal({ nodes: [{ id: models[2] }], totalCount: 3 });
      expect(await asked({ a: false })).to.deep.equal({ nodes: [{}] });
      expect(await asked({ a: false, b: false })).to.deep.equal({ nodes: [{ name: "model 2" }] });
    }
  });

  it("keeps what one key means apart where two parts of a row's list meet", async () => {
    const part = (first: number): string =>
      `progress { epoch } model { versions(first: ${first}) { nodes { number } } }`;
    const at = "2024-01-01T00:00:00Z";
    const job = {
      id: newId("job"),
      model_id: models[0],
      status: "FAILED",
      seed: 1,
      hyperparameters: { epochs: 1 },
    };
    await put(world, tenant.schema, "training_job", [{ ...job, plan: {}, trained_ms: 0, created_at: at }]);
    const { trainingJobs } = await owner.get(
      `{ trainingJobs { nodes { ${part(1)} } edges { node { ${part(2)} } } } }`,
    );
    expect(trainingJobs.nodes[0].model.versions.nodes).to.have.length(1);
    expect(trainingJobs.edges[0].node.model.versions.nodes).to.have.length(2);
  });

  it("survives a list of which a later item fails at once and an earlier one in a while", async () => {
    const where = { model_id: models[1], version_id: newId("version"), created_at: "2024-01-01T00:00:00Z" };
    const rows = ["DEVELOPMENT", "MOON"].map((environment) => ({
      id: newId("deployment"),
      environment,
      ...where,
    }));
    await put(
      world,
      tenant.schema,
      "deployment",
      rows.map((row) => ({ ...row, updated_at: row.created_at })),
    );
    const answer = await owner.send(
      `{ model(id: "${models[1]}") { deployments { environment version { number } } } }`,
    );
    expect(answer).to.failWith("INTERNAL");
    expect(answer.data).to.deep.equal({ model: null });
    // A rejection that nobody handles is told a turn later; mocha fails for one, and a server ends.
    await new Promise((resolve) => setImmediate(resolve));
    await world.admin(`delete from ${tenant.schema}.deployment where model_id = $1`, [models[1]]);
  });
});
