import { expect } from "chai";
import { Heads } from "../../../src/rooms/audit/heads.js";
import { auditRoom } from "../../../src/rooms/audit/index.js";
import { seal } from "../../../src/rooms/audit/seal.js";
import { World } from "../../support/world.js";
import { fill, makeKey, tamper, verify } from "./support.js";

describe("the sealing of audit trails", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const unsealed = async (schema: string): Promise<number> => {
    const [row] = await world.admin<{ n: number }>(`select count(*)::int as n from ${schema}.audit_unsealed`);
    return row?.n ?? -1;
  };
  const settled = async (schema: string): Promise<void> => {
    while ((await unsealed(schema)) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it("follows a commit by itself, and is no event of its own", async () => {
    const { schema, owner } = await world.tenant("soon");
    await settled(schema);
    const count = `select (select count(*) from ${schema}.audit_event)::int as events,
      (select count(*) from ${schema}.audit_seal)::int as seals`;
    const [before] = await world.admin<{ events: number; seals: number }>(count);
    expect(before?.seals).to.equal(before?.events);
    await makeKey(owner, "one");
    await settled(schema);
    const [after] = await world.admin<{ events: number; seals: number }>(count);
    expect(after).to.deep.equal({ events: (before?.events ?? 0) + 1, seals: (before?.seals ?? 0) + 1 });
  });

  it("seals each event once while many write and many seal, in one unbroken chain", async () => {
    const tenant = await world.tenant("busy");
    const writes = Array.from({ length: 150 }, (_, index) => makeKey(tenant.owner, `key ${index}`));
    const seals = Array.from({ length: 20 }, async () => {
      // Each verification seals first, so these are sealers that race each other and the one in the background.
      for (let turn = 0; turn < 3; turn += 1) expect((await verify(tenant.owner)).ok).to.equal(true);
    });
    for (const answer of await Promise.all(writes)) expect(answer).to.succeed();
    await Promise.all(seals);
    const { ok, events, sealed, unsealed: left, head } = await verify(tenant.owner);
    expect({ ok, left, sealed }).to.deep.equal({ ok: true, left: 0, sealed: events });
    expect(head?.position).to.equal(events);
    const twice = await world.admin(
      `select event_id from ${tenant.schema}.audit_seal group by 1 having count(*) > 1`,
    );
    expect(twice).to.deep.equal([]);
  });

  it("lets sealers of many processes take turns, none of which fails", async () => {
    const tenant = await world.tenant("shared");
    const { kernel } = world.app;
    const record = await world.app.house.tenancy.directory.find({ id: tenant.id });
    if (!record) throw new Error("the tenant is gone");
    await fill(world, tenant, 3_500);
    const writing = new AbortController();
    const process = async (): Promise<number> => {
      const heads = new Heads(kernel.masterKey);
      let sealed = 0;
      while (!writing.signal.aborted) sealed += await seal(kernel, heads, record);
      return sealed + (await seal(kernel, heads, record));
    };
    const processes = Array.from({ length: 6 }, process);
    for (let batch = 0; batch < 10; batch += 1)
      await Promise.all(Array.from({ length: 10 }, (_, index) => makeKey(tenant.owner, `key ${index}`)));
    writing.abort();
    const counts = await Promise.all(processes);
    expect(counts.filter((count) => count > 0).length).to.be.greaterThan(1);
    const { ok, sealed, events } = await verify(tenant.owner);
    expect({ ok, sealed }).to.deep.equal({ ok: true, sealed: events });
  });

  it("seals an event that commits late under an older id", async () => {
    const tenant = await world.tenant("late");
    await verify(tenant.owner);
    await tamper(
      world,
      tenant,
      `insert into audit_event (id, at, action, operation, actor_kind, outcome, request_id)
         values ('audit_00000000000000000000000000', now() - interval '1 day', 'thing.done', 'thing.do', 'user', 'SUCCESS', 'late');
       insert into audit_unsealed values ('audit_00000000000000000000000000')`,
    );
    const { ok, sealed, events } = await verify(tenant.owner);
    expect({ ok, sealed }).to.deep.equal({ ok: true, sealed: events });
    const [last] = await world.admin(
      `select event_id from ${tenant.schema}.audit_seal order by position desc limit 1`,
    );
    expect(last).to.deep.equal({ event_id: "audit_00000000000000000000000000" });
  });

  it("catches up at the next start with what a killed process left, tenant by tenant", async () => {
    const tenants = [await world.tenant("left-one"), await world.tenant("left-two")];
    for (const tenant of tenants) {
      await settled(tenant.schema);
      await fill(world, tenant, 1_200);
    }
    // A sweep is what a worker begins with; a second room of audit is a second worker.
    const worker = auditRoom(world.app.kernel, world.app.house.tenancy);
    await worker.work?.();
    for (const { schema } of tenants) await settled(schema);
    await worker.close?.();
    for (const { owner } of tenants) expect((await verify(owner)).ok).to.equal(true);
  });

  it("goes on with other tenants where one trail can't be sealed", async () => {
    const [broken, sound] = [await world.tenant("a-broken"), await world.tenant("b-sound")];
    for (const tenant of [broken, sound]) await settled(tenant.schema);
    await world.admin("update control.audit_head set signature = 'forged' where tenant_id = $1", [broken.id]);
    for (const tenant of [broken, sound]) await fill(world, tenant, 10);
    const worker = auditRoom(world.app.kernel, world.app.house.tenancy);
    await worker.work?.();
    await settled(sound.schema);
    await worker.close?.();
    expect(await unsealed(broken.schema)).to.equal(10);
    expect((await verify(broken.owner)).firstFault?.kind).to.equal("FORGED");
  });
});
