import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { fill, tamper, verify } from "./support.js";

/** Several batches of the verifier, none of them full at the end. */
const trail = 2_500;

/** SQL for the event id that was sealed at a position. */
const at = (position: number): string => `(select event_id from audit_seal where position = ${position})`;

describe("an audit trail in the hands of somebody who rules the database", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("tampered");
    await fill(world, tenant, trail);
    const { ok, events, sealed } = await verify(tenant.owner);
    expect(ok).to.equal(true);
    expect(events).to.be.at.least(trail);
    expect(sealed).to.equal(events);
    // Each attack is undone from these copies, so that all meet the same good trail.
    await tamper(
      world,
      tenant,
      "create table event_copy as table audit_event; create table seal_copy as table audit_seal",
    );
    await world.admin("create table public.head_copy as table control.audit_head");
  });
  after(() => world.stop());
  afterEach(async () => {
    await tamper(
      world,
      tenant,
      `delete from audit_event; insert into audit_event table event_copy; delete from audit_seal; insert into audit_seal table seal_copy;
       delete from audit_unsealed; delete from control.audit_head; insert into control.audit_head table public.head_copy`,
    );
    expect((await verify(tenant.owner)).ok, "the copy is good again").to.equal(true);
  });

  const columns = {
    at: "at + interval '1 microsecond'",
    action: "'thing.left'",
    operation: "'thing.leave'",
    actor_kind: "'system'",
    actor_id: "'user_nobody'",
    subject: "null",
    before: `'{"a": 1}'`,
    after: `after || '{"number": -1}'`,
    outcome: "'FAILURE'",
    ip: "'::1'",
    user_agent: "'filler '",
    request_id: "request_id || '0'",
  };
  for (const [column, value] of Object.entries(columns)) {
    it(`finds a changed ${column}`, async () => {
      await tamper(world, tenant, `update audit_event set ${column} = ${value} where id = ${at(1_501)}`);
      const { ok, firstFault } = await verify(tenant.owner);
      expect(ok).to.equal(false);
      expect(firstFault).to.include({ position: 1_501, kind: "ALTERED" });
    });
  }

  it("finds a null that became a number too large to read", async () => {
    await tamper(
      world,
      tenant,
      `update audit_event set after = jsonb_set(after, '{list,1}', '1e400') where id = ${at(42)}`,
    );
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 42, kind: "ALTERED" });
  });

  it("finds a deleted event", async () => {
    await tamper(world, tenant, `delete from audit_event where id = ${at(777)}`);
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 777, kind: "MISSING" });
  });

  it("finds an event deleted together with its seal", async () => {
    await tamper(
      world,
      tenant,
      `delete from audit_event where id = ${at(778)}; delete from audit_seal where position = 778`,
    );
    expect((await verify(tenant.owner)).firstFault).to.deep.equal({
      position: 778,
      eventId: null,
      kind: "MISSING",
    });
  });

  it("finds two rows whose contents changed places", async () => {
    await tamper(
      world,
      tenant,
      `update audit_event a set subject = b.subject, after = b.after, actor_id = b.actor_id, request_id = b.request_id
       from event_copy b where (a.id = ${at(300)} and b.id = ${at(2_300)}) or (a.id = ${at(2_300)} and b.id = ${at(300)})`,
    );
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 300, kind: "REORDERED" });
  });

  it("finds seals that changed places", async () => {
    await tamper(
      world,
      tenant,
      `update audit_seal set position = -1 where position = 400; update audit_seal set position = 400 where position = 500;
       update audit_seal set position = 500 where position = -1`,
    );
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 400, kind: "REORDERED" });
  });

  it("finds seals that changed events", async () => {
    await tamper(
      world,
      tenant,
      `update audit_seal set event_id = '-' where position = 400;
       update audit_seal set event_id = (select event_id from seal_copy where position = 400) where position = 500;
       update audit_seal set event_id = (select event_id from seal_copy where position = 500) where position = 400`,
    );
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 400, kind: "REORDERED" });
  });

  it("finds a tail cut off with its seals", async () => {
    await tamper(
      world,
      tenant,
      `delete from audit_event where id in (select event_id from audit_seal where position > 2400);
       delete from audit_seal where position > 2400`,
    );
    expect((await verify(tenant.owner)).firstFault).to.deep.equal({
      position: 2_401,
      eventId: null,
      kind: "TRUNCATED",
    });
  });

  it("still finds the cut when the trail has gone on beyond it", async () => {
    await tamper(
      world,
      tenant,
      `delete from audit_event where id in (select event_id from audit_seal where position > 2400);
       delete from audit_seal where position > 2400`,
    );
    await fillOne(world, tenant);
    await verify(tenant.owner);
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 2_401, kind: "MISSING" });
  });

  it("finds one rewritten seal", async () => {
    await tamper(world, tenant, `update audit_seal set hash = repeat('0', 64) where position = 1600`);
    expect((await verify(tenant.owner)).firstFault).to.include({ position: 1_600, kind: "ALTERED" });
  });

  it("finds a consistent chain whose last link is not the head's", async () => {
    await tamper(
      world,
      tenant,
      `delete from control.audit_head where tenant_id = '${tenant.id}';
       insert into control.audit_head select tenant_id, position, repeat('1', 64), sealed_at, signature from public.head_copy
         where tenant_id = '${tenant.id}'`,
    );
    const { firstFault, head } = await verify(tenant.owner);
    expect(firstFault).to.include({ position: head?.position, kind: "ALTERED" });
  });

  it("finds a head that somebody else wrote, and signs nothing that follows it", async () => {
    const cut = 2_000;
    await tamper(
      world,
      tenant,
      `delete from audit_event where id in (select event_id from audit_seal where position > ${cut});
       delete from audit_seal where position > ${cut};
       update control.audit_head set position = ${cut}, hash = (select hash from audit_seal where position = ${cut})
         where tenant_id = '${tenant.id}'`,
    );
    await fillOne(world, tenant);
    const { firstFault, unsealed } = await verify(tenant.owner);
    expect(firstFault).to.deep.equal({ position: cut, eventId: null, kind: "FORGED" });
    expect(unsealed).to.equal(1);
  });

  it("finds a seal added behind the head", async () => {
    await tamper(world, tenant, "delete from control.audit_head");
    const { firstFault } = await verify(tenant.owner);
    expect(firstFault).to.include({ kind: "FORGED", position: 1 });
  });

  it("finds that a trail was emptied altogether", async () => {
    await tamper(
      world,
      tenant,
      "truncate audit_event, audit_seal, audit_unsealed; delete from control.audit_head",
    );
    expect((await verify(tenant.owner)).firstFault).to.deep.equal({
      position: 1,
      eventId: null,
      kind: "TRUNCATED",
    });
  });

  it("finds an event put in behind Tenfold's back, and does not seal it", async () => {
    await tamper(
      world,
      tenant,
      `insert into audit_event (id, at, action, operation, actor_kind, outcome, request_id)
       values ('audit_forged', now() - interval '2 minutes', 'model.deleted', 'model.delete', 'user', 'SUCCESS', 'none')`,
    );
    const { ok, firstFault, unsealed } = await verify(tenant.owner);
    expect(ok).to.equal(false);
    expect(firstFault).to.deep.equal({ position: null, eventId: "audit_forged", kind: "UNSEALED_TOO_LONG" });
    expect(unsealed).to.equal(1);
  });

  it("finds an event that was deleted before it was sealed", async () => {
    await tamper(world, tenant, "insert into audit_unsealed values ('audit_gone')");
    expect((await verify(tenant.owner)).firstFault).to.deep.equal({
      position: null,
      eventId: "audit_gone",
      kind: "MISSING",
    });
  });
});

async function fillOne(world: World, tenant: TenantOfWorld): Promise<void> {
  await tamper(
    world,
    tenant,
    `insert into audit_event (id, at, action, operation, actor_kind, outcome, request_id)
     values ('audit_later', now(), 'thing.changed', 'thing.change', 'user', 'SUCCESS', 'later');
     insert into audit_unsealed values ('audit_later')`,
  );
}
