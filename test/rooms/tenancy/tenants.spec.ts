import { expect } from "chai";
import { deleteTenant, resumeTenant, suspendTenant, updateTenant } from "../../support/operations.js";
import { days, eventually, later } from "../../support/time.js";
import type { Client } from "../../support/client.js";
import { World } from "../../support/world.js";

const viewer = "{ viewer { id } tenant { slug plan } }";
const find = `query ($id: ID, $slug: String, $customDomain: String) {
  findTenant(id: $id, slug: $slug, customDomain: $customDomain) { id slug } }`;

describe("tenants", () => {
  let world: World;
  let operator: Client;
  before(async () => {
    world = await World.start();
    operator = await world.operator();
  });
  after(() => world.stop());

  it("finds a tenant by id, slug and custom domain, and takes exactly one of them", async () => {
    const { id, slug } = await world.tenant("findable");
    const customDomain = "ml.findable.example";
    await operator.get(updateTenant, { input: { id, customDomain: "ML.Findable.Example" } });
    for (const by of [{ id }, { slug }, { customDomain }])
      expect((await operator.get(find, by)).findTenant).to.deep.equal({ id, slug });
    expect(await operator.send(find, { id, slug })).to.failWith("BAD_USER_INPUT");
    expect(await operator.send(find)).to.failWith("BAD_USER_INPUT");
    expect(await operator.send(find, { slug: "nobody" })).to.failWith("NOT_FOUND");
    expect(await operator.send(find, { id: "\u0000" })).to.failWith("BAD_USER_INPUT");
  });

  it("serves a tenant at its sub-domain and its custom domain", async () => {
    const { id, slug, owner } = await world.tenant("hosted");
    await operator.get(updateTenant, { input: { id, customDomain: "hosted.example" } });
    for (const host of ["hosted.localhost", "hosted.example", "HOSTED.LOCALHOST"]) {
      const client = await world
        .anonymous()
        .with({ host })
        .signIn("owner@hosted.test", "plain vanilla ice cream");
      expect((await client.get(viewer)).tenant.slug).to.equal(slug);
      expect(await owner.with({ host }).send(viewer)).to.succeed();
    }
    await operator.get(updateTenant, { input: { id, customDomain: null } });
    expect((await owner.with({ host: "hosted.example" }).send(viewer)).status).to.not.equal(200);
  });

  it("changes name, plan and domain, each alone", async () => {
    const { id, owner } = await world.tenant("changing", "STARTER");
    const change = async (input: object) =>
      (await operator.get(updateTenant, { input: { id, ...input } })).updateTenant.tenant;
    expect(await change({ name: "Changed" })).to.include({
      name: "Changed",
      plan: "STARTER",
      customDomain: null,
    });
    expect(await change({ customDomain: "a.example" })).to.include({
      name: "Changed",
      customDomain: "a.example",
    });
    expect(await change({ plan: "PROFESSIONAL" })).to.include({
      plan: "PROFESSIONAL",
      customDomain: "a.example",
    });
    expect(await change({ name: null, plan: null })).to.include({ name: "Changed", plan: "PROFESSIONAL" });
    expect(await change({ customDomain: null })).to.include({ customDomain: null });
    expect((await owner.get(viewer)).tenant.plan).to.equal("PROFESSIONAL");
  });

  it("refuses a domain that another has, and what is no domain", async () => {
    const [first, second] = [await world.tenant("first-of-two"), await world.tenant("second-of-two")];
    await operator.get(updateTenant, { input: { id: first.id, customDomain: "only.example" } });
    const taken = await operator.send(updateTenant, {
      input: { id: second.id, customDomain: "ONLY.example" },
    });
    expect(taken).to.failWith("TENANT_DOMAIN_TAKEN");
    const wrong = await operator.send(updateTenant, {
      input: { id: second.id, customDomain: "no domain", name: "" },
    });
    expect(wrong).to.failWith("BAD_USER_INPUT");
    expect(wrong.errors?.[0]?.extensions?.fields).to.have.deep.members([
      {
        path: "name",
        message: "name: use 1 to 200 visible characters, without tabs, line breaks or blanks at the ends",
      },
      { path: "customDomain", message: "customDomain must be a valid domain name" },
    ]);
  });

  it("refuses a suspended tenant at once, over HTTP and on open sockets, and serves it again when resumed", async () => {
    const { id, slug, owner } = await world.tenant("suspended");
    const key = await world.anonymous(slug).signIn("owner@suspended.test", "plain vanilla ice cream");
    const { ended } = await owner.open();
    await operator.get(suspendTenant, { input: { id } });
    expect((await ended).code).to.equal(4403);
    for (const client of [owner, key, world.anonymous(slug)])
      expect(await client.send(viewer)).to.failWith("TENANT_SUSPENDED");
    expect(await operator.send(suspendTenant, { input: { id } })).to.failWith("TENANT_STATUS_CONFLICT");
    await operator.get(resumeTenant, { input: { id } });
    expect(await owner.send(viewer)).to.succeed();
  });

  it("deletes only with the slug, and can be undone until the time is up", async () => {
    const { id, slug, owner } = await world.tenant("regretted");
    expect(await operator.send(deleteTenant, { input: { id, slug: "another" } })).to.failWith(
      "BAD_USER_INPUT",
    );
    expect(await owner.send(viewer)).to.succeed();
    const { deleteTenant: deleted } = await operator.get(deleteTenant, { input: { id, slug } });
    expect(deleted.tenant.status).to.equal("DELETING");
    const left = new Date(deleted.tenant.purgeAt).getTime() - Date.now();
    expect(left).to.be.within(days(29), days(30));
    expect(await owner.send(viewer)).to.failWith("TENANT_SUSPENDED");
    expect(await world.app.house.tenancy.purgeDue()).to.equal(0);
    const { resumeTenant: resumed } = await operator.get(resumeTenant, { input: { id } });
    expect(resumed.tenant).to.include({ status: "ACTIVE", purgeAt: null });
    await later(days(31), () => world.app.house.tenancy.purgeDue());
    expect(await owner.send(viewer)).to.succeed();
  });

  it("knows nothing of a tenant that is not there", async () => {
    const input = { id: "tenant_01h455vb4pex5vsknk084sn02q" };
    for (const [document, more] of [
      [updateTenant],
      [suspendTenant],
      [resumeTenant],
      [deleteTenant, { slug: "x" }],
    ] as const)
      expect(await operator.send(document, { input: { ...input, ...more } })).to.failWith("NOT_FOUND");
  });

  it("takes a changed plan into account at once", async () => {
    const { id, owner } = await world.tenant("growing", "STARTER");
    const seats = async () => {
      const { usage } = await owner.get(
        `{ usage(from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z") { limits { limit allowed used } } }`,
      );
      return usage.limits.find(({ limit }: { limit: string }) => limit === "seats");
    };
    expect(await seats()).to.deep.equal({ limit: "seats", allowed: 5, used: 1 });
    await operator.get(updateTenant, { input: { id, plan: "ENTERPRISE" } });
    await eventually(async () => (await seats()).allowed === 500);
  });

  it("is the operator's business alone", async () => {
    const { id, slug, owner } = await world.tenant("modest");
    for (const document of [suspendTenant, resumeTenant])
      expect(await owner.send(document, { input: { id } })).to.failWith("FORBIDDEN");
    expect(await owner.send(deleteTenant, { input: { id, slug } })).to.failWith("FORBIDDEN");
    expect(await owner.send("{ tenants { nodes { id } } }")).to.failWith("FORBIDDEN");
    expect(await world.anonymous().send("{ tenants { nodes { id } } }")).to.failWith("UNAUTHENTICATED");
  });
});
