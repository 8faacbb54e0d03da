import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { ended, type ReferenceName, references, start, subject } from "./support.js";

/** A few of the trials that a search makes by default: enough for data on which small networks are good. */
const few = { trialLimit: 3, algorithms: ["LINEAR", "DENSE"] };

describe("automl: what it reaches on public data", function () {
  this.timeout(180_000);
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("quality");
  });
  after(() => world.stop());

  // The others are in the benchmark `automl`.
  const names: ReferenceName[] = ["penguins"];
  for (const name of names) {
    const least = references[name].best - 0.02;
    it(`${name} reaches ${least.toFixed(3)} on rows that no trial has seen`, async () => {
      const input = { ...(await subject(tenant.owner, name)), ...few };
      const { status, version, progress } = await ended(tenant.owner, await start(tenant.owner, input));
      expect(status).to.equal("SUCCEEDED");
      expect(version.metrics.accuracy ?? version.metrics.r2).to.be.at.least(least);
      expect(progress.scored).to.equal(3);
    });
  }
});
