import { expect } from "chai";
import { drillIsolation, isIsolated } from "../../../scripts/support/isolation.js";
import { World } from "../../support/world.js";

describe("isolation through the graph", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  // The whole drill, with every role, is `npm run drill -- isolation`.
  it("shows nobody a thing of another tenant's, by any operation with any of its ids", async () => {
    const only = ["owner", "viewer", "api key", "anonymous at victim", "operator"];
    const report = await drillIsolation(world, world.app.schema, { seed: 1, only });
    expect(report.leaks).to.deep.equal([]);
    expect(report.differences).to.deep.equal([]);
    expect(report.uncovered).to.deep.equal([]);
    expect(report.attackers).to.equal(only.length);
    expect(report.seenByOwner).to.be.greaterThan(0);
    expect(isIsolated(report)).to.equal(true);
  });
});
