import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";

/** Three mutations in one document: the second changes what the first has loaded, and the third shows it. */
const document = `mutation ($owner: ID!) {
  before: createModel(input: { name: "a", type: REGRESSION }) { model { owner { name } } }
  updateUser(input: { id: $owner, name: "Renamed" }) { user { name } }
  after: createModel(input: { name: "b", type: REGRESSION }) { model { owner { name } } }
}`;

describe("loaders", () => {
  let world: World;
  let tenant: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("loaders");
  });
  after(() => world.stop());

  it("show a mutation what the one before it in the same document has changed", async () => {
    const { viewer } = await tenant.owner.get("{ viewer { id } }");
    const { before, after } = await tenant.owner.get(document, { owner: viewer.id });
    expect(before.model.owner.name).to.equal("Owner of loaders");
    expect(after.model.owner.name).to.equal("Renamed");
  });
});
