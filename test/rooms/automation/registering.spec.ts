import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { hashOf, listed, register, registered, remove, run } from "./support.js";

const whoAmI = "query WhoAmI { viewer { id } }";
const people = "query People($first: Int = 5) { users(first: $first) { nodes { id name } } }";
const makeKey =
  'mutation MakeKey { createApiKey(input: { name: "made", scopes: ["usage:read"] }) { apiKey { id } } }';

describe("registering operations", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("registrar");
  });
  after(() => world.stop());

  it("answers hash, name, kind, price and permissions, in the order given", async () => {
    const operations = await registered(tenant.owner, people, whoAmI, makeKey);
    expect(operations.map(({ hash }) => hash)).to.deep.equal([people, whoAmI, makeKey].map(hashOf));
    expect(operations.map(({ name }) => name)).to.deep.equal(["People", "WhoAmI", "MakeKey"]);
    expect(operations.map(({ kind }) => kind)).to.deep.equal(["QUERY", "QUERY", "MUTATION"]);
    expect(operations.map(({ permissions }) => permissions)).to.deep.equal([
      ["user:read"],
      [],
      ["apiKey:create"],
    ]);
    const [first] = operations;
    expect(first?.document).to.equal(people);
    expect(first?.id).to.match(/^operation_/);
    // `first` by its default: users, nodes, and five times id and name.
    expect(first?.cost).to.be.within(11, 17);
  });

  it("leaves one that is registered as it is, also twice in one call", async () => {
    const [before] = await registered(tenant.owner, whoAmI);
    const answers = await registered(tenant.owner, whoAmI, "{ viewer { id } } # new", whoAmI);
    expect(answers[0]).to.deep.equal(before);
    expect(answers[2]).to.deep.equal(before);
    expect(new Set(answers.map(({ id }) => id)).size).to.equal(2);
  });

  it("registers one text once, however many register it at once", async () => {
    const document = "query AtOnce { viewer { id } }";
    const answers = await Promise.all(Array.from({ length: 20 }, () => registered(tenant.owner, document)));
    expect(new Set(answers.map(([operation]) => operation?.id)).size).to.equal(1);
  });

  it("collects the permissions of all fields, in fragments and behind @include too", async () => {
    const document = `query Much($with: Boolean = false) { ...Part viewer { id } apiKeys @include(if: $with) { totalCount } }
      fragment Part on Query { users { totalCount } ... on Query { auditEvents { totalCount } } }`;
    const [operation] = await registered(tenant.owner, document);
    expect(operation?.permissions).to.deep.equal(["apiKey:read", "audit:read", "user:read"]);
  });

  const bad: Record<string, [document: string, message: RegExp]> = {
    "text that is no GraphQL": ["query {", /Syntax Error/],
    "a field there is not": ["{ noSuchField }", /Cannot query field/],
    "a fragment alone": ["fragment A on Query { viewer { id } }", /Fragment "A" is never used/],
    "two operations": ["query A { viewer { id } } query B { viewer { id } }", /document of its own/],
    "too deep a document": [`{ ${"a { ".repeat(20)} b ${"}".repeat(21)}`, /nested too deep/],
    "too dear a document": [
      `{ ${"abcdefg"
        .split("")
        .map((alias) => `${alias}: users(first: 100) { nodes { ${"id ".repeat(30)}} }`)
        .join(" ")} }`,
      /costs 21\d{3}; 20000 is allowed/,
    ],
    "more than 64 KiB": [`{ viewer { id } } # ${"x".repeat(65_536)}`, /not valid/],
    "more than 64 KiB in few characters": [`{ viewer { id } } # ${"€".repeat(30_000)}`, /larger than 64 KiB/],
    "no text": ["", /not valid/],
  };
  for (const [name, [document, message]] of Object.entries(bad)) {
    it(`refuses ${name}, and everything else in the call`, async () => {
      const other = `query Beside { viewer { id roles } } # ${name}`;
      const answer = await register(tenant.owner, other, document);
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.message).to.match(message);
      const fields = answer.errors?.[0]?.extensions?.fields as { path: string }[] | undefined;
      expect(fields?.[0]?.path).to.match(/operations\.1\.document$/);
      expect((await listed(tenant.owner)).nodes.map(({ hash }) => hash)).to.not.include(hashOf(other));
    });
  }

  it("takes 1 to 50 in a call", async () => {
    const many = Array.from({ length: 51 }, (_, index) => `{ viewer { id } } # ${index}`);
    expect(await register(tenant.owner)).to.failWith("BAD_USER_INPUT");
    expect(await register(tenant.owner, ...many)).to.failWith("BAD_USER_INPUT");
  });

  it("is for who holds operation:register, and for what they may run themselves", async () => {
    const member = await tenant.person("MEMBER");
    expect(await register(member, whoAmI)).to.failWith("FORBIDDEN");
    expect(await listed(member))
      .to.have.property("totalCount")
      .that.is.greaterThan(0);
    const narrow = await tenant.apiKey(["operation:register", "operation:read", "usage:read"]);
    const refused = await register(narrow, "{ users { totalCount } } # narrow");
    expect(refused).to.failWith("FORBIDDEN");
    expect(refused.errors?.[0]?.extensions?.permission).to.equal("user:read");
    expect(await register(tenant.owner, "{ tenants { totalCount } }")).to.failWith("FORBIDDEN");
    expect(await register(narrow, "{ viewer { id } } # narrow")).to.succeed();
    expect(await register(await world.operator(), whoAmI)).to.failWith("FORBIDDEN");
  });

  it("holds a tenant to a thousand, however many register at once", async () => {
    const { owner, schema } = await world.tenant("crowded");
    await world.admin(`insert into ${schema}.persisted_operation (hash, id, document, kind, cost, permissions, created_at)
      select 'sha256:' || n, 'operation_' || n, '{ viewer { id } }', 'query', 1, '{}', now() from generate_series(1, 995) n`);
    const attempts = Array.from({ length: 10 }, (_, index) =>
      register(owner, `{ viewer { id } } # ${index}`),
    );
    const answers = await Promise.all(attempts);
    expect(answers.filter(({ errors }) => !errors)).to.have.length(5);
    for (const answer of answers.filter(({ errors }) => errors))
      expect(answer).to.failWithReason("QUOTA_EXCEEDED", "PERSISTED_OPERATION_LIMIT");
    expect((await listed(owner)).totalCount).to.equal(1_000);
  });

  it("tells the trail of what was registered and removed", async () => {
    const [operation] = await registered(tenant.owner, "query Told { viewer { id } }");
    expect(await remove(tenant.owner, operation?.hash ?? "")).to.succeed();
    const { auditEvents } = await tenant.owner.get(
      "query ($subject: ID!) { auditEvents(filter: { subject: $subject }) { nodes { action before after } } }",
      { subject: operation?.id },
    );
    const facts = { hash: operation?.hash, name: "Told", kind: "query", permissions: [] };
    expect(auditEvents.nodes).to.deep.equal([
      { action: "operation.removed", before: facts, after: null },
      { action: "operation.registered", before: null, after: facts },
    ]);
  });

  it("removes by hash, at once, and only what is there", async () => {
    const [operation] = await registered(tenant.owner, "query Gone { viewer { id } }");
    const hash = operation?.hash ?? "";
    expect(await run(tenant.owner, hash)).to.succeed();
    expect(await remove(await tenant.person("MEMBER"), hash)).to.failWith("FORBIDDEN");
    expect(await remove(tenant.owner, hash.toUpperCase().replace("SHA256", "sha256"))).to.succeed();
    expect(await run(tenant.owner, hash)).to.failWith("PERSISTED_OPERATION_NOT_FOUND");
    expect(await remove(tenant.owner, hash)).to.failWith("NOT_FOUND");
    expect(await remove(tenant.owner, "sha256:no")).to.failWith("BAD_USER_INPUT");
    await registered(tenant.owner, "query Gone { viewer { id } }");
    expect(await run(tenant.owner, hash)).to.succeed();
  });

  it("finds one by its id, for its own tenant alone", async () => {
    const [operation] = await registered(tenant.owner, whoAmI);
    const query = "query ($id: ID!) { node(id: $id) { ... on PersistedOperation { hash createdBy } } }";
    const { viewer } = await tenant.owner.get("{ viewer { id } }");
    const { node } = await tenant.owner.get(query, { id: operation?.id });
    expect(node).to.deep.equal({ hash: operation?.hash, createdBy: viewer.id });
    const other = await world.tenant("registrar-other");
    expect((await other.owner.get(query, { id: operation?.id })).node).to.equal(null);
    expect((await listed(other.owner)).nodes).to.deep.equal([]);
  });
});
