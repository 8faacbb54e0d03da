import { expect } from "chai";
import { sha256 } from "../../../src/kernel/crypto.js";
import { createApiKey, inviteUser, updateUser } from "../../support/operations.js";
import { hours, later, minutes } from "../../support/time.js";
import { World } from "../../support/world.js";

const whoAmI = "{ viewer { kind roles permissions apiKey { name } user { id } } }";

describe("API keys", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("are shown once and kept as a hash", async () => {
    const { owner, schema } = await world.tenant("hashing");
    const { createApiKey: made } = await owner.get(createApiKey, {
      input: { name: "ci", scopes: ["model:read"] },
    });
    expect(made.secret).to.match(/^tfk_[0-9a-z]{26}_[0-9a-z]{26}_[\w-]{43}$/);
    const [row] = await world.admin<{ secret_hash: string }>(`select secret_hash from ${schema}.api_key`);
    expect(row?.secret_hash).to.equal(sha256(made.secret.slice(-43)));
    expect(JSON.stringify(await owner.get("{ apiKeys { nodes { id name scopes } } }"))).to.not.contain(
      made.secret.slice(-43),
    );
    const key = world.anonymous().bearing(made.secret);
    expect((await key.get(whoAmI)).viewer).to.deep.equal({
      kind: "API_KEY",
      roles: [],
      permissions: ["model:read"],
      apiKey: { name: "ci" },
      user: null,
    });
  });

  it("may do what their scopes say and nothing else", async () => {
    const { apiKey } = await world.tenant("scoping");
    const key = await apiKey(["user:read"]);
    expect(await key.send("{ users { totalCount } }")).to.succeed();
    expect(await key.send("{ apiKeys { totalCount } }")).to.failWith("FORBIDDEN");
    expect(await key.send("{ tenants { totalCount } }")).to.failWith("FORBIDDEN");
    const personal = await apiKey(["session:read", "session:revoke"]);
    expect(await personal.send("{ sessions { totalCount } }")).to.failWith("FORBIDDEN");
    expect(await personal.get("mutation { signOut { signedOut } }")).to.deep.equal({
      signOut: { signedOut: false },
    });
  });

  it("hold only known scopes, and none their maker lacks", async () => {
    const { owner, apiKey } = await world.tenant("making");
    const unknown = await owner.send(createApiKey, {
      input: { name: "k", scopes: ["model:read", "model:fly"] },
    });
    expect(unknown).to.failWith("BAD_USER_INPUT");
    expect(unknown.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "scopes.1");
    const maker = await apiKey(["apiKey:create", "model:read"]);
    expect(await maker.send(createApiKey, { input: { name: "k", scopes: ["model:read"] } })).to.succeed();
    const beyond = await maker.send(createApiKey, { input: { name: "k", scopes: ["model:delete"] } });
    expect(beyond).to.failWith("FORBIDDEN");
    expect(beyond.errors?.[0]?.extensions?.permission).to.equal("model:delete");
    for (const scopes of [[], ["model:read", "model:read"]])
      expect(await owner.send(createApiKey, { input: { name: "k", scopes } })).to.failWith("BAD_USER_INPUT");
  });

  it("cannot reach further by inviting or promoting somebody", async () => {
    const { apiKey, person } = await world.tenant("climbing");
    const key = await apiKey(["user:invite", "user:update"]);
    const input = { email: "mole@climbing.test", name: "Mole" };
    for (const role of ["OWNER", "ADMIN", "MEMBER", "VIEWER"])
      expect(await key.send(inviteUser, { input: { ...input, role } })).to.failWith("FORBIDDEN");
    const { viewer } = await (await person("VIEWER")).get("{ viewer { id } }");
    expect(await key.send(updateUser, { input: { id: viewer.id, role: "ADMIN" } })).to.failWith("FORBIDDEN");
    const { permissions } = (await (await person("VIEWER")).get("{ viewer { permissions } }")).viewer;
    const able = await apiKey([...permissions, "user:invite"]);
    expect(await able.send(inviteUser, { input: { ...input, role: "VIEWER" } })).to.succeed();
  });

  it("lose what their maker loses", async () => {
    const { owner, person } = await world.tenant("losing");
    const admin = await person("ADMIN");
    const { viewer } = await admin.get("{ viewer { id } }");
    const make = async (scopes: string[]) =>
      world
        .anonymous()
        .bearing((await admin.get(createApiKey, { input: { name: "k", scopes } })).createApiKey.secret);
    const [reading, inviting] = [await make(["model:read"]), await make(["model:read", "user:invite"])];
    for (const key of [reading, inviting]) expect(await key.send(whoAmI)).to.succeed();
    await owner.get(updateUser, { input: { id: viewer.id, role: "MEMBER" } });
    expect(await reading.send(whoAmI)).to.succeed();
    expect(await inviting.send(whoAmI)).to.failWith("UNAUTHENTICATED");
  });

  it("expire", async () => {
    const { owner, apiKey } = await world.tenant("expiring");
    const expiresAt = new Date(Date.now() + hours(1)).toISOString();
    const key = await apiKey(["model:read"], { expiresAt });
    expect(await key.send(whoAmI)).to.succeed();
    expect(await later(hours(1), () => key.send(whoAmI))).to.failWith("UNAUTHENTICATED");
    const past = { name: "k", scopes: ["model:read"], expiresAt: new Date(Date.now() - 1000).toISOString() };
    expect(await owner.send(createApiKey, { input: past })).to.failWith("BAD_USER_INPUT");
  });

  it("say to the minute when they were used last", async () => {
    const { owner, apiKey } = await world.tenant("using");
    const used = async () =>
      (await owner.get("{ apiKeys { nodes { lastUsedAt } } }")).apiKeys.nodes[0].lastUsedAt;
    const key = await apiKey(["model:read"]);
    expect(await used()).to.equal(null);
    await Promise.all(Array.from({ length: 20 }, () => key.get(whoAmI)));
    const first = new Date(await used()).getTime();
    expect(first % 60_000).to.equal(0);
    expect(Date.now() - first).to.be.within(0, 120_000);
    await later(minutes(5), () => key.get(whoAmI));
    expect(new Date(await used()).getTime() - first).to.be.within(minutes(5), minutes(6));
  });

  it("note with the next request what could not be noted with this one", async () => {
    const { owner, apiKey, schema } = await world.tenant("noting");
    const key = await apiKey(["model:read"]);
    // It can be read, or the key would be refused before its use is noted.
    await world.admin(`alter table ${schema}.api_key add constraint broken check (last_used_at is null)`);
    expect(await key.send(whoAmI)).to.failWith("INTERNAL");
    await world.admin(`alter table ${schema}.api_key drop constraint broken`);
    expect(await key.send(whoAmI)).to.succeed();
    const { apiKeys } = await owner.get("{ apiKeys { nodes { lastUsedAt } } }");
    expect(apiKeys.nodes[0].lastUsedAt).to.be.a("string");
  });

  it("may be bound to registered operations", async () => {
    const { apiKey } = await world.tenant("binding");
    const key = await apiKey(["model:read"], { persistedOnly: true });
    expect(await key.send(whoAmI)).to.failWith("PERSISTED_OPERATION_REQUIRED");
  });

  it("are refused when a part of them is wrong", async () => {
    const { owner, apiKey, id } = await world.tenant("forging");
    const other = await world.tenant("forged-at");
    const good = (await apiKey(["model:read"])).headers.authorization?.slice("Bearer ".length) ?? "";
    const suffix = (text: string): string => text.slice(text.indexOf("_") + 1);
    for (const bad of [
      `${good.slice(0, -1)}${good.endsWith("A") ? "B" : "A"}`,
      good.replace(suffix(id), suffix(other.id)),
      good.replace(suffix(id), "01h455vb4pex5vsknk084sn02q"),
      good.slice(0, -1),
      `${good}x`,
      "tfk_",
    ])
      expect(await world.anonymous().bearing(bad).send(whoAmI), bad).to.failWith("UNAUTHENTICATED");
    expect(await owner.send(whoAmI)).to.succeed();
  });
});
