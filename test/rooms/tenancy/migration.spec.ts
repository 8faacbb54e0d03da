import { expect } from "chai";
import { eventually } from "../../support/time.js";
import { World } from "../../support/world.js";

describe("a tenant that a migration left behind", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("is refused until it is at the newest version, and no other tenant with it", async () => {
    const behind = await world.tenant("behind");
    const other = await world.tenant("other");
    const setVersion = (change: string) =>
      world.admin(`update control.tenant_schema set version = version ${change} where tenant_id = $1`, [
        behind.id,
      ]);
    await setVersion("- 1");
    await world.admin(`select pg_notify('tenfold', '{"topic":"tenant","tenant":"${behind.id}"}')`);
    const refused = async (): Promise<boolean> =>
      (await behind.owner.send("{ users { nodes { id } } }")).errors?.[0]?.extensions?.code === "UNAVAILABLE";
    await eventually(refused);
    expect(await other.owner.send("{ users { nodes { id } } }")).to.succeed();
    await setVersion("+ 1");
    expect(await behind.owner.send("{ users { nodes { id } } }")).to.succeed();
  });
});
