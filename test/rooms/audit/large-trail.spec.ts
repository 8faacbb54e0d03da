import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { fill, tamper, type Verification, verify } from "./support.js";

const trail = 10_000;

/** One attack in the middle or at the end of ten thousand events, and what must be said of it. */
const attacks: { name: string; sql: string; undo: string; fault: { position: number; kind: string } }[] = [
  {
    name: "a flipped field",
    sql: "update audit_event set outcome = 'FAILURE' where id = (select event_id from audit_seal where position = 9000)",
    undo: "update audit_event set outcome = 'SUCCESS' where id = (select event_id from audit_seal where position = 9000)",
    fault: { position: 9_000, kind: "ALTERED" },
  },
  {
    name: "two rows swapped across most of the trail",
    sql: "update audit_event e set after = o.after, subject = o.subject, actor_id = o.actor_id, request_id = o.request_id from swapped o where o.other = e.id",
    undo: "update audit_event e set after = o.after, subject = o.subject, actor_id = o.actor_id, request_id = o.request_id from swapped o where o.id = e.id",
    fault: { position: 100, kind: "REORDERED" },
  },
  {
    name: "a deleted row",
    sql: "delete from audit_event where id = (select event_id from audit_seal where position = 5000)",
    undo: "insert into audit_event table kept",
    fault: { position: 5_000, kind: "MISSING" },
  },
  {
    name: "a cut-off tail",
    sql: "create table tail as select * from audit_seal where position > 9995; delete from audit_seal where position > 9995",
    undo: "insert into audit_seal table tail",
    fault: { position: 9_996, kind: "TRUNCATED" },
  },
];

describe("an audit trail of ten thousand events", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("large");
    await fill(world, tenant, trail);
  });
  after(() => world.stop());

  it("is sealed and found good", async () => {
    const { ok, events, sealed, head } = await verify(tenant.owner);
    expect({ ok, sealed, position: head?.position }).to.deep.equal({
      ok: true,
      sealed: events,
      position: events,
    });
    expect(events).to.be.greaterThan(trail);
    await tamper(
      world,
      tenant,
      `create table kept as select e.* from audit_event e join audit_seal s on s.event_id = e.id where s.position = 5000;
       create table swapped as select e.*, o.event_id as other from audit_event e join audit_seal s on s.event_id = e.id
         join audit_seal o on (s.position = 100 and o.position = 9900) or (s.position = 9900 and o.position = 100)`,
    );
  });

  for (const { name, sql, undo, fault } of attacks) {
    it(`shows ${name}, and nothing once it is undone`, async () => {
      await tamper(world, tenant, sql);
      const { ok, firstFault } = await verify(tenant.owner);
      expect(ok).to.equal(false);
      expect(firstFault).to.include(fault);
      await tamper(world, tenant, undo);
      expect((await verify(tenant.owner)).ok).to.equal(true);
    });
  }

  it("gives all who ask at once one answer", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(tenant.owner)));
    const heads = new Set(answers.map(({ head }: Verification) => JSON.stringify(head)));
    expect(heads.size).to.equal(1);
    expect(answers.every(({ ok }) => ok)).to.equal(true);
  });
});
