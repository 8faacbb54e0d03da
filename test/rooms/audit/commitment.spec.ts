import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { makeKey, tamper, verify } from "./support.js";

describe("a change and its audit event", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("together");
  });
  after(() => world.stop());

  const count = async (table: string): Promise<number> => {
    const [row] = await world.admin<{ n: number }>(
      `select count(*)::int as n from ${tenant.schema}.${table}`,
    );
    return row?.n ?? -1;
  };

  it("are undone together when the event can't be recorded", async () => {
    await tamper(
      world,
      tenant,
      "alter table audit_event add constraint no_keys check (action <> 'apiKey.created') not valid",
    );
    const [keys, events] = [await count("api_key"), await count("audit_event")];
    expect(await makeKey(tenant.owner, "never")).to.failWith("INTERNAL");
    expect(await count("api_key")).to.equal(keys);
    expect(await count("audit_event")).to.equal(events);
    await tamper(world, tenant, "alter table audit_event drop constraint no_keys");
    expect(await makeKey(tenant.owner, "now")).to.succeed();
    expect(await count("api_key")).to.equal(keys + 1);
    expect(await count("audit_event")).to.equal(events + 1);
  });

  it("are undone together when the change can't be made", async () => {
    const events = await count("audit_event");
    await tamper(world, tenant, "alter table api_key add constraint none_more check (name <> 'refused')");
    expect(await makeKey(tenant.owner, "refused")).to.failWith("INTERNAL");
    expect(await count("audit_event")).to.equal(events);
    expect(await count("audit_unsealed")).to.be.at.most(events);
  });

  it("are on the list of the unsealed from the same commit on", async () => {
    await tamper(
      world,
      tenant,
      "alter table audit_unsealed add constraint closed check (event_id = '') not valid",
    );
    const keys = await count("api_key");
    expect(await makeKey(tenant.owner, "unlisted")).to.failWith("INTERNAL");
    expect(await count("api_key")).to.equal(keys);
    await tamper(world, tenant, "alter table audit_unsealed drop constraint closed");
    expect((await verify(tenant.owner)).ok).to.equal(true);
  });

  const changes = {
    update: "update audit_event set outcome = 'FAILURE'",
    delete: "delete from audit_event",
    truncate: "truncate audit_event",
    "update of seals": "update audit_seal set hash = ''",
    "delete of seals": "delete from audit_seal",
    "truncate of seals": "truncate audit_seal",
    "delete that meets no row": "delete from audit_event where id = ''",
  };
  for (const [name, sql] of Object.entries(changes)) {
    it(`refuse ${name}: the tenant's role by privilege, the administrator by trigger`, async () => {
      const enter = `set search_path = ${tenant.schema};`;
      const asTenant = await world
        .admin(`${enter} set role ${tenant.schema}; ${sql}`)
        .catch((error: Error) => error.message);
      expect(asTenant).to.match(/^permission denied for table audit_(event|seal)$/);
      const asAdministrator = await world.admin(`${enter} ${sql}`).catch((error: Error) => error.message);
      expect(asAdministrator).to.equal("the audit trail is append-only");
    });
  }

  it("leave heads out of a tenant's reach", async () => {
    const refused = await world
      .admin(`set role ${tenant.schema}; select * from control.audit_head`)
      .catch((error: Error) => error.message);
    expect(refused).to.equal("permission denied for schema control");
  });
});
