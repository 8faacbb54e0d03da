import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { allowOnly, hashOf, registered } from "./support.js";

const plain =
  "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name } } }";
const directed = `mutation ($key: String!, $input: CreateApiKeyInput!) {
  createApiKey(input: $input) @idempotent(key: $key) { secret apiKey { id name } } }`;

const input = (name: string): object => ({ name, scopes: ["usage:read"] });
const make = (client: Client, key: string, name: string): Promise<Answer> =>
  client.send(directed, { key, input: input(name) });

describe("repeating a mutation", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("repeat");
  });
  after(() => world.stop());

  const rows = async (table: string, where = "true"): Promise<number> => {
    const [row] = await world.admin<{ n: number }>(
      `select count(*)::int as n from ${tenant.schema}.${table} where ${where}`,
    );
    return row?.n ?? -1;
  };
  const named = (name: string): Promise<number> => rows("api_key", `name = '${name}'`);

  it("answers the first outcome again for the same key and input, the secret too", async () => {
    const key = randomUUID();
    const first = await make(tenant.owner, key, "twice");
    expect(first).to.succeed();
    expect(await make(tenant.owner, key, "twice")).to.deep.equal(first);
    expect(await named("twice")).to.equal(1);
  });

  it("takes the key from the header as well, for one mutation", async () => {
    const key = randomUUID();
    const client = tenant.owner.with({ "idempotency-key": key });
    const first = await client.send(plain, { input: input("header") });
    expect(first).to.succeed();
    expect(await client.send(plain, { input: input("header") })).to.deep.equal(first);
    expect(await make(tenant.owner, key, "header"), "one key, either way").to.deep.equal(first);
    const two = `mutation ($input: CreateApiKeyInput!) {
      a: createApiKey(input: $input) { secret } b: createApiKey(input: $input) { secret } }`;
    const refused = await client
      .with({ "idempotency-key": randomUUID() })
      .send(two, { input: input("double") });
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(await named("double")).to.equal(0);
  });

  it("makes one change of fifty at once, and answers all alike", async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => make(tenant.owner, key, "fifty")));
    expect(answers[0]).to.succeed();
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
    expect(await named("fifty")).to.equal(1);
    expect(await rows("audit_event", "action = 'apiKey.created' and after ->> 'name' = 'fifty'")).to.equal(1);
  });

  it("does so where the answer needs the registry too, with more callers than connections", async () => {
    const key = randomUUID();
    const switchOff = `mutation ($key: String!) {
      setPersistedOperationsOnly(input: { enabled: false }) @idempotent(key: $key) { tenant { id persistedOnly } } }`;
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => tenant.owner.send(switchOff, { key })),
    );
    for (const answer of answers) {
      expect(answer).to.succeed();
      expect(answer.data.setPersistedOperationsOnly.tenant.persistedOnly).to.equal(false);
    }
    expect(await rows("audit_event", `action = 'tenant.updated'`)).to.equal(1);
  });

  it("refuses another input, or another mutation, under the same key", async () => {
    const key = randomUUID();
    expect(await make(tenant.owner, key, "original")).to.succeed();
    expect(await make(tenant.owner, key, "another")).to.failWith("CONFLICT");
    const other = await tenant.owner.send(
      'mutation ($key: String!) { revokeApiKey(input: { id: "key_none" }) @idempotent(key: $key) { apiKey { id } } }',
      { key },
    );
    expect(other).to.failWith("CONFLICT");
    expect(await named("another")).to.equal(0);
  });

  it("keeps keys apart by who sends them and by tenant", async () => {
    const key = randomUUID();
    const admin = await tenant.person("ADMIN");
    const other = await world.tenant("repeat-other");
    const answers = await Promise.all(
      [tenant.owner, admin, other.owner].map((client) => make(client, key, "mine")),
    );
    expect(new Set(answers.map(({ data }) => data.createApiKey.apiKey.id)).size).to.equal(3);
  });

  it("claims nothing for a refused call, so that the mended one may use the key", async () => {
    const key = randomUUID();
    const wrong = await tenant.owner.send(directed, { key, input: { name: "mended", scopes: ["no:such"] } });
    expect(wrong).to.failWith("BAD_USER_INPUT");
    expect(await make(tenant.owner, key, "mended")).to.succeed();
    const member = await tenant.person("MEMBER");
    expect(await make(member, randomUUID(), "forbidden")).to.failWith("FORBIDDEN");
  });

  it("leaves neither change nor claim when the connection is killed half-way", async () => {
    const key = randomUUID();
    const before = {
      keys: await rows("api_key"),
      claims: await rows("idempotent_outcome"),
      events: await rows("audit_event"),
    };
    // The lock holds the call between its claim and its change for as long as it takes to kill it.
    const release = await lock(world, `lock table ${tenant.schema}.api_key in exclusive mode`);
    const call = make(tenant.owner, key, "killed");
    await kill(world, `insert into "api_key"%`);
    await release();
    expect((await call).errors?.[0]?.extensions?.code).to.be.oneOf(["UNAVAILABLE", "INTERNAL"]);
    const after = {
      keys: await rows("api_key"),
      claims: await rows("idempotent_outcome"),
      events: await rows("audit_event"),
    };
    expect(after).to.deep.equal(before);
    expect(await make(tenant.owner, key, "killed")).to.succeed();
    expect(await named("killed")).to.equal(1);
  });

  it("stores outcomes sealed, bound to their key", async () => {
    const answer = await make(tenant.owner, randomUUID(), "sealed");
    const { secret, apiKey } = answer.data.createApiKey;
    const kept = await world.admin<{ outcome: Buffer; key: string }>(
      `select key, outcome from ${tenant.schema}.idempotent_outcome`,
    );
    expect(kept.length).to.be.greaterThan(0);
    for (const { outcome } of kept) {
      for (const text of [secret, secret.slice(-43), apiKey.id, "apiKey"])
        expect(outcome.includes(text)).to.equal(false);
    }
    const record = await world.app.house.tenancy.directory.find({ id: tenant.id });
    const [first, second] = kept;
    if (!record || !first || !second) throw new Error("nothing was kept");
    const open = (outcome: Buffer, key: string): Buffer => record.key.open(outcome, `${tenant.id}:${key}`);
    expect(open(first.outcome, first.key)).to.be.instanceOf(Buffer);
    expect(() => open(first.outcome, second.key)).to.throw();
  });

  it("keeps an outcome for a day", async () => {
    const key = randomUUID();
    const first = await make(tenant.owner, key, "aged");
    await world.admin(
      `update ${tenant.schema}.idempotent_outcome set created_at = created_at - interval '23 hours 59 minutes'`,
    );
    expect(await make(tenant.owner, key, "aged")).to.deep.equal(first);
    await world.admin(
      `update ${tenant.schema}.idempotent_outcome set created_at = created_at - interval '2 minutes'`,
    );
    const next = await make(tenant.owner, key, "aged");
    expect(next.data.createApiKey.apiKey.id).to.not.equal(first.data.createApiKey.apiKey.id);
  });

  it("forgets the old outcomes of others by and by, and none that is younger than a day", async () => {
    expect(await make(tenant.owner, randomUUID(), "young")).to.succeed();
    const young = await rows("idempotent_outcome", "created_at > now() - interval '1 day'");
    await world.admin(
      `insert into ${tenant.schema}.idempotent_outcome
       select 'old ' || n, '', '', now() - interval '25 hours' from generate_series(1, 50) n`,
    );
    // Each new claim takes some of the old with it; ten of them are enough for fifty.
    for (let turn = 0; turn < 10; turn += 1)
      expect(await make(tenant.owner, randomUUID(), `sweeper ${turn}`)).to.succeed();
    expect(await rows("idempotent_outcome", "key like 'old %'")).to.equal(0);
    expect(await rows("idempotent_outcome", "created_at > now() - interval '1 day'")).to.equal(young + 10);
  });

  it("works for registered operations and under the allow-list", async () => {
    const [operation] = await registered(tenant.owner, directed);
    const key = await tenant.apiKey(["apiKey:create", "usage:read"], { persistedOnly: true });
    const body = { documentId: operation?.hash, variables: { key: "fixed", input: input("listed") } };
    const first = await key.post(body);
    expect(first).to.succeed();
    expect(await key.post(body)).to.deep.equal(first);
    expect(operation?.hash).to.equal(hashOf(directed));
    expect(await allowOnly(tenant.owner, false)).to.succeed();
  });

  it("asks for a key of 1 to 255 characters, and for credentials", async () => {
    for (const key of ["", "x".repeat(256)])
      expect(await make(tenant.owner, key, "bad")).to.failWith("BAD_USER_INPUT");
    expect(await make(tenant.owner, "x".repeat(255), "long")).to.succeed();
    const nobody = world.anonymous("repeat").with({ "idempotency-key": "k" });
    const answer = await nobody.send(
      "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }",
      {
        input: { email: "owner@repeat.test", password: "plain vanilla ice cream" },
      },
    );
    expect(answer).to.failWith("BAD_USER_INPUT");
  });

  it("repeats what the operator does", async () => {
    const operator = await world.operator();
    const create = `mutation ($key: String!, $input: CreateTenantInput!) { createTenant(input: $input) @idempotent(key: $key) {
      tenant { id slug status createdAt } owner { id email } } }`;
    const owner = { email: "o@once.test", name: "O", password: "plain vanilla ice cream" };
    const variables = { key: randomUUID(), input: { slug: "once", name: "Once", owner } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => operator.send(create, variables)));
    for (const answer of answers) expect(answer).to.succeed();
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
    const changed = { ...variables, input: { ...variables.input, name: "Twice" } };
    expect(await operator.send(create, changed)).to.failWith("CONFLICT");
  });
});

/** Holds a lock as the superuser until the answer is called. */
async function lock(world: World, statement: string): Promise<() => Promise<void>> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query(`begin; ${statement}`);
  return () => client.end();
}

/** Ends the application's connection that waits in a statement like this. */
async function kill(world: World, like: string): Promise<void> {
  for (let killed = 0; killed === 0; ) {
    const found = await world.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = 'tenfold_app' and wait_event_type = 'Lock' and query ilike $1`,
      [like],
    );
    killed = found.length;
  }
}
