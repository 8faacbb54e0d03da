import { expect } from "chai";
import { anonymous } from "../../../src/kernel/context.js";
import { resumeTenant, suspendTenant } from "../../support/operations.js";
import { eventually } from "../../support/time.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { count, create, put, tryCreate } from "./support.js";

const canary = "kingfisher-7041";
const deleting = "mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id } } }";
const finding = "query ($id: ID!) { dataset(id: $id) { id name } }";

describe("datasets: isolation", () => {
  let world: World;
  let mine: TenantOfWorld;
  let other: TenantOfWorld;
  let foreign: Awaited<ReturnType<typeof create>>;

  before(async () => {
    world = await World.start();
    [mine, other] = [await world.tenant("mine"), await world.tenant("other")];
    foreign = await create(other.owner, {
      name: "theirs",
      content: `bird,n\n${canary},1\n${canary},2\nrobin,3\n`,
    });
  });
  after(() => world.stop());

  it("answers a foreign id as one that doesn't exist", async () => {
    const unknown = `${foreign.id.slice(0, -1)}${foreign.id.endsWith("0") ? "1" : "0"}`;
    const refusals = [
      await mine.owner.send(deleting, { id: foreign.id }),
      await mine.owner.send(deleting, { id: unknown }),
    ];
    for (const answer of refusals) expect(answer).to.failWith("NOT_FOUND");
    expect(refusals[0]?.errors?.[0]?.message).to.equal(refusals[1]?.errors?.[0]?.message);
    for (const id of [foreign.id, unknown])
      expect(await mine.owner.get(finding, { id })).to.deep.equal({ dataset: null });
    const query = "query ($id: ID!) { node(id: $id) { id } datasets { totalCount nodes { id } } }";
    expect(await mine.owner.get(query, { id: foreign.id })).to.deep.equal({
      node: null,
      datasets: { totalCount: 0, nodes: [] },
    });
    expect(await count(world, other, "dataset")).to.equal(1);
  });

  it("takes an upload into the tenant of its token alone", async () => {
    const { id, uploadUrl } = await create(other.owner, {});
    // My tenant named in the token, or in a header, with the other's secret.
    const forged = uploadUrl.replace(other.id.slice("tenant_".length), mine.id.slice("tenant_".length));
    expect(forged).not.to.equal(uploadUrl);
    expect(await put(world, forged, "a\n1\n")).to.failWith("NOT_FOUND");
    expect(await put(world, uploadUrl, "a\n1\n", { "x-tenant": mine.slug })).to.include({ status: 200 });
    expect(await count(world, mine, "dataset_piece")).to.equal(0);
    expect(await count(world, other, "dataset_piece", `dataset_id = '${id}'`)).to.equal(1);
  });

  it("keeps no plain text of the file in its pieces, nor the secret of the URL", async () => {
    const { uploadUrl } = await create(mine.owner, {});
    const secret = uploadUrl.slice(-32);
    const content = `bird\n${`${canary}\n`.repeat(1_000)}`;
    expect(await put(world, uploadUrl, content)).to.include({ status: 200 });
    const pieces = await world.admin<{ bytes: Buffer }>(`select bytes from ${mine.schema}.dataset_piece`);
    expect(pieces).to.have.length(1);
    // Zstandard's magic number would be there if the bytes were compressed and not sealed.
    for (const { bytes } of pieces)
      expect([bytes.includes(canary), bytes.includes("28b52ffd", "hex")]).to.deep.equal([false, false]);
    expect(await count(world, mine, "dataset", `dataset::text like '%${secret}%'`)).to.equal(0);
  });

  it("seals a piece for its tenant, dataset and position", async () => {
    const { datasets } = world.app.house;
    const { id } = await create(mine.owner, { content: `bird\n${canary}\n` });
    const known = await world.app.house.tenancy.directory.find({ id: mine.id });
    if (!known) throw new Error("the tenant is there");
    const origin = { requestId: "test", ip: null, userAgent: null };
    const scope = world.app.house.tenancy.scope(known, { viewer: anonymous, origin });
    const dataset = await datasets.datasets.require(scope, id);
    await world.admin(`update ${mine.schema}.dataset_piece p set bytes =
      (select bytes from ${other.schema}.dataset_piece where dataset_id = '${foreign.id}') where dataset_id = '${id}'`);
    const error = await datasets.datasets.openTable(scope, dataset).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });

  it("asks for the permission of each verb", async () => {
    const viewer = await mine.person("VIEWER");
    const member = await mine.person("MEMBER");
    expect(await tryCreate(viewer, { content: "a\n1\n" })).to.failWith("FORBIDDEN");
    const { id } = await create(member, { content: "a\n1\n" });
    expect(await viewer.send(finding, { id })).to.succeed();
    for (const client of [viewer, member])
      expect(await client.send(deleting, { id })).to.failWith("FORBIDDEN");
    expect(await tryCreate(world.anonymous(mine.slug), {})).to.failWith("UNAUTHENTICATED");
    expect(await mine.owner.send(deleting, { id })).to.succeed();
  });

  it("takes nothing from whom was deactivated after asking for the URL", async () => {
    const member = await mine.person("MEMBER");
    const { uploadUrl } = await create(member, {});
    const { viewer } = await member.get("{ viewer { id } }");
    await mine.owner.get(
      "mutation ($id: ID!) { updateUser(input: { id: $id, role: VIEWER }) { user { id } } }",
      { id: viewer.id },
    );
    expect(await put(world, uploadUrl, "a\n1\n")).to.failWith("UNAUTHENTICATED");
  });

  it("ends the uploads under way of a tenant that is suspended, and stores nothing of them", async () => {
    const { owner, ...tenant } = await world.tenant("fourth");
    const operator = await world.operator();
    const stalled = new TextEncoder().encode("a,b\n1,2\n");
    const begin = async () => {
      const { id, uploadUrl } = await create(owner, {});
      // A body that brings a row and then never ends.
      const body = new ReadableStream({ start: (controller) => controller.enqueue(stalled) });
      return { id, uploadUrl, answer: put(world, uploadUrl, body) };
    };
    const uploads = [await begin(), await begin()];
    // Before they have their places, a third could take one of them; once they have, it is refused.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await eventually(async () => {
      const { uploadUrl } = await create(owner, {});
      return (await put(world, uploadUrl, "a\n1\n")).status === 429;
    });
    await operator.get(suspendTenant, { input: { id: tenant.id } });
    for (const { answer } of uploads) expect(await answer).to.failWith("TENANT_SUSPENDED");
    await operator.get(resumeTenant, { input: { id: tenant.id } });
    for (const { id, uploadUrl } of uploads) {
      expect(await count(world, { owner, ...tenant }, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
      expect(await put(world, uploadUrl, "a\n1\n")).to.include({ status: 200 });
    }
  });

  it("takes nothing for a suspended tenant", async () => {
    const third = await world.tenant("third");
    const { uploadUrl } = await create(third.owner, {});
    const suspending = "update control.tenant set status = 'SUSPENDED' where id = $1";
    await world.admin(suspending, [third.id]);
    world.app.house.tenancy.directory.forget(third.id);
    expect(await put(world, uploadUrl, "a\n1\n")).to.failWith("TENANT_SUSPENDED");
    expect(await count(world, third, "dataset_piece")).to.equal(0);
  });
});
