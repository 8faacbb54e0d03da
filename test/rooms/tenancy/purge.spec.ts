import { expect } from "chai";
import { deleteTenant, resumeTenant } from "../../support/operations.js";
import type { Client } from "../../support/client.js";
import { World } from "../../support/world.js";

describe("tenants deleted for good", () => {
  let world: World;
  let operator: Client;
  before(async () => {
    world = await World.start({ deletionDays: 0 });
    operator = await world.operator();
  });
  after(() => world.stop());

  const end = async (id: string, slug: string): Promise<number> => {
    await operator.get(deleteTenant, { input: { id, slug } });
    return world.app.house.tenancy.purgeDue();
  };

  it("leaves neither schema nor role nor key, and frees slug and domain", async () => {
    const { id, slug, schema } = await world.tenant("gone");
    expect(await end(id, slug)).to.equal(1);
    const schemas = await world.admin("select 1 from pg_namespace where nspname = $1", [schema]);
    const roles = await world.admin("select 1 from pg_roles where rolname = $1", [schema]);
    const rows = await world.admin(
      "select status, wrapped_key, slug, custom_domain from control.tenant where id = $1",
      [id],
    );
    expect([...schemas, ...roles]).to.deep.equal([]);
    expect(rows).to.deep.equal([{ status: "DELETED", wrapped_key: null, slug: id, custom_domain: null }]);
    const again = await world.tenant("gone");
    expect(again.id).to.not.equal(id);
    expect((await again.owner.get("{ tenant { id } }")).tenant.id).to.equal(again.id);
    expect(await operator.send(resumeTenant, { input: { id } })).to.failWith("NOT_FOUND");
    expect(await world.app.house.tenancy.purgeDue()).to.equal(0);
  });

  it("gives credentials of a tenant that is gone no other tenant", async () => {
    const gone = await world.tenant("haunting");
    const key = await gone.apiKey(["dataset:read", "user:read"]);
    await key.get("{ users { totalCount } }");
    const other = await world.tenant("haunted");
    await end(gone.id, gone.slug);
    for (const client of [gone.owner, key]) {
      const { authorization = "" } = client.headers;
      for (const headers of [{}, { "x-tenant": other.slug }, { host: `${other.slug}.localhost` }] as Record<
        string,
        string
      >[])
        expect(
          await world
            .anonymous()
            .with({ authorization, ...headers })
            .send("{ users { totalCount } }"),
        ).to.failWith("UNAUTHENTICATED");
    }
  });

  it("drops what a run that was killed half-way has left", async () => {
    const { id, schema } = await world.tenant("half-way");
    await world.admin(
      "update control.tenant set status = 'DELETED', wrapped_key = null, slug = id where id = $1",
      [id],
    );
    expect(await world.app.house.tenancy.purgeDue()).to.equal(1);
    expect(await world.admin("select 1 from pg_namespace where nspname = $1", [schema])).to.deep.equal([]);
  });

  it("does not touch a tenant that is resumed while others are ended", async () => {
    const [kept, ended] = [await world.tenant("kept"), await world.tenant("ended")];
    await operator.get(deleteTenant, { input: { id: kept.id, slug: kept.slug } });
    await operator.get(deleteTenant, { input: { id: ended.id, slug: ended.slug } });
    const [resumed] = await Promise.all([
      operator.send(resumeTenant, { input: { id: kept.id } }),
      world.app.house.tenancy.purgeDue(),
    ]);
    const alive = await world.admin("select 1 from pg_namespace where nspname = $1", [kept.schema]);
    expect(alive).to.have.length(resumed.errors ? 0 : 1);
    if (!resumed.errors) expect(await kept.owner.send("{ tenant { id } }")).to.succeed();
  });
});
