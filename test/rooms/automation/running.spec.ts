import { expect } from "chai";
import type { SubscribePayload } from "graphql-ws";
import { createApp } from "../../../src/app.js";
import { createLog } from "../../../src/kernel/log.js";
import { type Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { allowOnly, hashOf, register, registered, remove, run } from "./support.js";

const whoAmI = "query WhoAmI { viewer { id } }";
const page = "query Page($first: Int!) { users(first: $first) { nodes { id } } }";
const makeKey = `mutation MakeKey($name: String!) { createApiKey(input: { name: $name, scopes: ["usage:read"] }) { apiKey { name } } }`;

describe("running registered operations", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("runner");
    await registered(tenant.owner, whoAmI, page, makeKey);
  });
  after(() => world.stop());

  const get = async (client: Client, parameters: Record<string, string>): Promise<Answer> => {
    const response = await fetch(`${client.url}/graphql?${new URLSearchParams(parameters).toString()}`, {
      headers: { ...client.headers, accept: "application/json" },
    });
    return { ...((await response.json()) as object), status: response.status };
  };

  it("takes documentId, with variables and without", async () => {
    expect((await run(tenant.owner, hashOf(whoAmI))).data.viewer.id).to.match(/^user_/);
    expect((await run(tenant.owner, hashOf(page), { first: 1 })).data.users.nodes).to.have.length(1);
    expect(await run(tenant.owner, hashOf(page))).to.failWith("BAD_USER_INPUT");
    expect(
      (await run(tenant.owner, hashOf(makeKey), { name: "by id" })).data.createApiKey.apiKey.name,
    ).to.equal("by id");
  });

  it("takes the hash where other clients put it", async () => {
    const sha256Hash = hashOf(whoAmI).slice("sha256:".length);
    expect(
      await tenant.owner.post({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
    ).to.succeed();
  });

  it("takes a query by GET, and no mutation", async () => {
    const answer = await get(tenant.owner, {
      documentId: hashOf(page),
      variables: JSON.stringify({ first: 1 }),
    });
    expect(answer.data.users.nodes).to.have.length(1);
    expect(
      (await get(tenant.owner, { documentId: hashOf(makeKey), variables: '{"name":"get"}' })).status,
    ).to.equal(405);
  });

  it("prices each request with its own variables", async () => {
    const dear = `query Dear($first: Int!) { ${"a b c d e f g h"
      .split(" ")
      .map((alias) => `${alias}: users(first: $first) { nodes { ${"id ".repeat(30)} } }`)
      .join(" ")} }`;
    const [operation] = await registered(tenant.owner, dear);
    expect(await run(tenant.owner, operation?.hash ?? "", { first: 1 })).to.succeed();
    const refused = await run(tenant.owner, operation?.hash ?? "", { first: 100 });
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(refused.errors?.[0]?.extensions?.limit).to.include({ name: "cost" });
  });

  it("knows no other hash, malformed or another tenant's", async () => {
    expect(await run(tenant.owner, hashOf("nothing"))).to.failWithReason(
      "NOT_FOUND",
      "PERSISTED_OPERATION_NOT_FOUND",
    );
    expect(await run(tenant.owner, "sha256:12")).to.failWith("BAD_USER_INPUT");
    const other = await world.tenant("runner-other");
    expect(await run(tenant.owner, hashOf(whoAmI))).to.succeed();
    expect(await run(other.owner, hashOf(whoAmI))).to.failWith("PERSISTED_OPERATION_NOT_FOUND");
    expect(await run(world.anonymous(), hashOf(whoAmI))).to.failWith("PERSISTED_OPERATION_NOT_FOUND");
    expect(await run(await world.operator(), hashOf(whoAmI))).to.failWith("PERSISTED_OPERATION_NOT_FOUND");
  });

  it("refuses as a whole who lacks any of its permissions, before a part of it has run", async () => {
    const both = `mutation Both { createApiKey(input: { name: "never", scopes: ["user:read"] }) { apiKey { id } }
      removePersistedOperation(input: { hash: "${hashOf("nothing")}" }) { operation { id } } }`;
    const [operation] = await registered(tenant.owner, both);
    expect(operation?.permissions).to.deep.equal(["apiKey:create", "operation:register"]);
    const key = await tenant.apiKey(["apiKey:create", "user:read"]);
    const refused = await run(key, operation?.hash ?? "");
    expect(refused).to.failWith("FORBIDDEN");
    expect(refused.errors?.[0]?.extensions?.permission).to.equal("operation:register");
    const { apiKeys } = await tenant.owner.get("{ apiKeys(first: 100) { nodes { name } } }");
    expect(apiKeys.nodes.map(({ name }: { name: string }) => name)).to.not.include("never");
    expect(await run(world.anonymous("runner"), operation?.hash ?? "")).to.failWith("UNAUTHENTICATED");
  });

  it("forgets in every process what one of them removed", async () => {
    const { config } = world.app.kernel;
    const second = await createApp({ ...config, port: 0 }, createLog("silent"));
    try {
      const elsewhere = new Client(second.url, tenant.owner.headers);
      const document = "query Everywhere { viewer { id } }";
      const [operation] = await registered(tenant.owner, document);
      const hash = operation?.hash ?? "";
      expect(await run(elsewhere, hash)).to.succeed();
      expect(await remove(tenant.owner, hash)).to.succeed();
      // The news travels behind the commit; until it is there the other process may still answer.
      let answer = await run(elsewhere, hash);
      while (!answer.errors) answer = await run(elsewhere, hash);
      expect(answer).to.failWith("PERSISTED_OPERATION_NOT_FOUND");
    } finally {
      await second.close();
    }
  });
});

describe("allowing registered operations only", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("listed");
    await registered(tenant.owner, whoAmI, page);
  });
  after(() => world.stop());

  it("holds an API key made so, whatever its scopes", async () => {
    const key = await tenant.apiKey(["user:read", "operation:register"], { persistedOnly: true });
    expect(await key.send(whoAmI)).to.failWith("PERSISTED_OPERATION_REQUIRED");
    expect(await run(key, hashOf(whoAmI))).to.succeed();
    expect(await run(key, hashOf(page), { first: 1 })).to.succeed();
    expect(await register(key, "{ viewer { id } }")).to.failWith("PERSISTED_OPERATION_REQUIRED");
    expect(await (await tenant.apiKey(["user:read"])).send(whoAmI)).to.succeed();
  });

  it("holds a tenant's members and keys, but not who may switch it off again", async () => {
    const member = await tenant.person("MEMBER");
    const admin = await tenant.person("ADMIN");
    const leaving = await tenant.person("MEMBER");
    const key = await tenant.apiKey(["user:read", "operation:register"]);
    expect(await allowOnly(member, true)).to.failWith("FORBIDDEN");
    const on = await allowOnly(tenant.owner, true);
    expect(on.data.setPersistedOperationsOnly.tenant).to.deep.equal({
      id: tenant.id,
      slug: "listed",
      persistedOnly: true,
    });
    for (const client of [member, key]) {
      expect(await client.send(whoAmI)).to.failWith("PERSISTED_OPERATION_REQUIRED");
      expect(await run(client, hashOf(whoAmI))).to.succeed();
    }
    for (const client of [tenant.owner, admin]) expect(await client.send("{ viewer { id } }")).to.succeed();
    // Nobody is kept signed in: what ends one's own session runs by itself, and nothing beside it.
    const both = 'mutation { signOut { signedOut } deleteModel(input: { id: "m" }) { deletedModelId } }';
    expect(await member.send(both)).to.failWith("PERSISTED_OPERATION_REQUIRED");
    expect(await member.send("{ no such document")).to.failWith("PERSISTED_OPERATION_REQUIRED");
    expect(await leaving.send("mutation { signOut { signedOut } }")).to.succeed();
    const signedIn = await world.anonymous("listed").signIn("owner@listed.test", "plain vanilla ice cream");
    expect(await register(signedIn, "query Later { viewer { id } }")).to.succeed();
    expect(await world.anonymous("listed").send("{ users { totalCount } }")).to.failWith("UNAUTHENTICATED");
    expect((await allowOnly(signedIn, false)).data.setPersistedOperationsOnly.tenant.persistedOnly).to.equal(
      false,
    );
    expect(await member.send(whoAmI)).to.succeed();
  });

  it("holds sockets that were open before", async () => {
    const socket = (await tenant.person("MEMBER")).socket();
    const codes = async (payload: object): Promise<unknown[]> => {
      const answers: unknown[] = [];
      try {
        for await (const { errors } of socket.iterate(payload as SubscribePayload))
          answers.push(errors?.[0]?.extensions?.code);
      } catch (errors) {
        if (!Array.isArray(errors)) throw errors;
        for (const error of errors as { extensions?: { code?: string } }[])
          answers.push(error.extensions?.code);
      }
      return answers;
    };
    expect(await codes({ query: whoAmI })).to.deep.equal([undefined]);
    await allowOnly(tenant.owner, true);
    expect(await codes({ query: whoAmI })).to.deep.equal(["PERSISTED_OPERATION_REQUIRED"]);
    expect(await codes({ query: "", documentId: hashOf(whoAmI) })).to.deep.equal([undefined]);
    await allowOnly(tenant.owner, false);
    await socket.dispose();
  });

  it("leaves other tenants alone", async () => {
    const other = await world.tenant("unlisted");
    await allowOnly(tenant.owner, true);
    expect(await (await other.person("MEMBER")).send(whoAmI)).to.succeed();
    await allowOnly(tenant.owner, false);
  });

  it("is a change like any other in the trail", async () => {
    await allowOnly(tenant.owner, false);
    const { auditEvents } = await tenant.owner.get(
      "query ($id: ID!) { auditEvents(first: 1, filter: { subject: $id }) { nodes { action after } } }",
      { id: tenant.id },
    );
    expect(auditEvents.nodes).to.deep.equal([{ action: "tenant.updated", after: { persistedOnly: false } }]);
  });
});
