import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import {
  createApiKey,
  createTenant,
  inviteUser,
  signIn,
  suspendTenant,
  updateUser,
} from "../../support/operations.js";
import { hours, later } from "../../support/time.js";
import { ownerPassword, World } from "../../support/world.js";

const keyInput = (name: string): object => ({ input: { name, scopes: ["model:read"] } });
const keys = "{ apiKeys { totalCount } }";

describe("idempotency", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const under = (client: Client, key: string): Client => client.with({ "idempotency-key": key });
  const countOf = async (client: Client): Promise<number> => (await client.get(keys)).apiKeys.totalCount;

  it("does a mutation once, however many send it under one key at once, in two processes", async () => {
    const beside = await World.start({ role: "api" }, world);
    const { owner } = await world.tenant("repeating");
    const there = beside.anonymous().with({ ...owner.headers });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        under(index % 2 ? owner : there, "same").send(createApiKey, keyInput("one")),
      ),
    );
    await beside.stop();
    for (const answer of answers) expect(answer).to.succeed();
    expect(new Set(answers.map((answer) => JSON.stringify(answer.data))).size).to.equal(1);
    expect(await countOf(owner)).to.equal(1);
  });

  it("gives the first outcome to the same input, and CONFLICT to another", async () => {
    const { owner } = await world.tenant("conflicting");
    const first = await under(owner, "k").send(createApiKey, keyInput("one"));
    expect(await under(owner, "k").send(createApiKey, keyInput("one"))).to.deep.equal(first);
    expect(await under(owner, "k").send(createApiKey, keyInput("two"))).to.failWith("CONFLICT");
    const other = { input: { email: "x@conflicting.test", name: "X", role: "VIEWER" } };
    expect(await under(owner, "k").send(inviteUser, other)).to.failWith("CONFLICT");
    expect(await countOf(owner)).to.equal(1);
  });

  it("never shows one person's outcome to another", async () => {
    const { owner, person } = await world.tenant("private");
    const admin = await person("ADMIN");
    const [one, two] = [
      await under(owner, "k").get(createApiKey, keyInput("one")),
      await under(admin, "k").get(createApiKey, keyInput("one")),
    ];
    expect(one.createApiKey.secret).to.not.equal(two.createApiKey.secret);
    const elsewhere = await world.tenant("elsewhere");
    const three = await under(elsewhere.owner, "k").get(createApiKey, keyInput("one"));
    expect(three.createApiKey.secret).to.not.equal(one.createApiKey.secret);
  });

  it("asks for the rule again before it repeats", async () => {
    const tenant = await world.tenant("losing-right");
    const admin = await tenant.person("ADMIN");
    await under(admin, "k").get(createApiKey, keyInput("one"));
    const { viewer } = await admin.get("{ viewer { id } }");
    await tenant.owner.get(updateUser, { input: { id: viewer.id, role: "VIEWER" } });
    const refresh =
      "mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken } }";
    const fresh = await world
      .anonymous()
      .get(refresh, { input: { refreshToken: admin.tokens?.refreshToken } });
    const demoted = world.anonymous().bearing(fresh.refreshSession.accessToken);
    expect(await under(demoted, "k").send(createApiKey, keyInput("one"))).to.failWith("FORBIDDEN");
    await (await world.operator()).get(suspendTenant, { input: { id: tenant.id } });
    expect(await under(tenant.owner, "k").send(createApiKey, keyInput("one"))).to.failWith(
      "TENANT_SUSPENDED",
    );
  });

  it("goes by the header for one mutation only, fragments looked through", async () => {
    const { owner } = await world.tenant("header");
    const field = 'createApiKey(input: { name: "k", scopes: ["model:read"] }) { apiKey { id } }';
    for (const document of [
      `mutation { a: ${field} b: ${field} }`,
      `mutation { ...Two } fragment Two on Mutation { a: ${field} b: ${field} }`,
      `mutation { a: ${field} ... on Mutation { b: ${field} } }`,
    ])
      expect(await under(owner, "k").send(document)).to.failWith("BAD_USER_INPUT");
    expect(await countOf(owner)).to.equal(0);
    expect(
      await under(owner, "k").send(`mutation { ...One } fragment One on Mutation { ${field} }`),
    ).to.succeed();
  });

  it("goes by the directive for each mutation of a document", async () => {
    const { owner } = await world.tenant("directive");
    const field = (alias: string, key: string): string =>
      `${alias}: createApiKey(input: { name: "${alias}", scopes: ["model:read"] }) @idempotent(key: "${key}") { secret }`;
    const document = `mutation { ${field("a", "1")} ${field("b", "2")} }`;
    const first = await owner.get(document);
    expect(await owner.get(document)).to.deep.equal(first);
    expect(await countOf(owner)).to.equal(2);
    expect(await owner.send(`mutation { ${field("a", "")} }`)).to.failWith("BAD_USER_INPUT");
    expect(await owner.send(`mutation { ${field("a", "x".repeat(256))} }`)).to.failWith("BAD_USER_INPUT");
    const inline = await owner.send(
      `mutation ($key: String!) { ${field("c", "$").replace('"$"', "$key")} }`,
      { key: "1" },
    );
    expect(inline).to.failWith("CONFLICT");
  });

  it("leaves no claim when the call fails", async () => {
    const { owner, schema } = await world.tenant("failing");
    const person = { input: { email: "x@failing.test", name: "X", role: "VIEWER" } };
    const taken = { input: { email: "owner@failing.test", name: "X", role: "VIEWER" } };
    expect(await under(owner, "k").send(inviteUser, taken)).to.failWith("EMAIL_TAKEN");
    expect(await world.admin(`select key from ${schema}.idempotent_outcome`)).to.deep.equal([]);
    expect(await under(owner, "k").send(inviteUser, person)).to.succeed();
  });

  it("repeats createTenant for the operator, to the same answer", async () => {
    const operator = await world.operator();
    const owner = { email: "o@once.test", name: "O", password: ownerPassword };
    const send = (slug: string): Promise<Answer> =>
      under(operator, "tenant").send(createTenant, { input: { slug, name: "Once", owner } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => send("once")));
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
    expect(answers[0]).to.succeed();
    expect(await send("twice")).to.failWith("CONFLICT");
    const spoilt = await under(operator, "spoilt").send(createTenant, {
      input: { slug: "once", name: "Once", owner },
    });
    expect(spoilt).to.failWith("TENANT_SLUG_TAKEN");
    const [row] = await world.admin<{ count: number }>(
      "select count(*)::int as count from control.idempotent_outcome",
    );
    expect(row?.count).to.equal(1);
  });

  it("keeps outcomes sealed, for 24 hours, and clears them away", async () => {
    const { owner, schema } = await world.tenant("sealing");
    const first = await under(owner, "k").get(createApiKey, keyInput("one"));
    const [row] = await world.admin<{ key: string; outcome: Buffer }>(
      `select key, outcome from ${schema}.idempotent_outcome`,
    );
    expect(row?.outcome.includes(first.createApiKey.secret)).to.equal(false);
    expect(row?.outcome.includes("one")).to.equal(false);
    expect(row?.key).to.not.equal("k");
    // Signed in afresh then and there: the access token does not live as long as the key.
    const then = (ms: number, key: string): Promise<Answer> =>
      later(ms, async () => {
        const client = await world.anonymous("sealing").signIn("owner@sealing.test", ownerPassword);
        return under(client, key).send(createApiKey, keyInput("one"));
      });
    expect((await then(hours(23.9), "k")).data).to.deep.equal(first);
    const second = await then(hours(24.1), "k");
    expect(second.data.createApiKey.secret).to.not.equal(first.createApiKey.secret);
    await then(hours(72), "another");
    expect(await world.admin(`select 1 from ${schema}.idempotent_outcome`)).to.have.length(1);
  });

  it("is refused where a failure must leave its mark, and without credentials", async () => {
    const { owner, slug, schema } = await world.tenant("marking");
    const input = { email: "owner@marking.test", password: "wrong wrong wrong" };
    expect(await under(owner, "k").send(signIn, { input })).to.failWith("BAD_USER_INPUT");
    expect(await under(world.anonymous(slug), "k").send(signIn, { input })).to.failWith("BAD_USER_INPUT");
    expect(await world.admin(`select 1 from ${schema}.sign_in_failure`)).to.deep.equal([]);
    expect(await under(world.anonymous(slug), "k").send(createApiKey, keyInput("x"))).to.failWith(
      "UNAUTHENTICATED",
    );
  });
});
