import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { follow, runOf, start, subject } from "./support.js";

describe("automl: from a dataset to a version", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let subjects: { modelId: string; datasetId: string };
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("searches");
    subjects = await subject(tenant.owner, "penguins");
  });
  after(() => world.stop());

  it("searches, tells of it live, publishes the winner, and serves it", async () => {
    const runId = await start(tenant.owner, { ...subjects, trialLimit: 5 });
    const states = await follow(tenant.owner, runId);
    const scored = states.map((state) => state.scored);
    expect(scored).to.deep.equal(scored.toSorted((a, b) => a - b));
    const times = states.map((state) => state.elapsedMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(states.some(({ leaderboard }) => leaderboard.length > 0 && leaderboard.length < 5)).to.equal(true);
    const run = await runOf(tenant.owner, runId);
    console.log(JSON.stringify(run, null, 1));
    expect(run).to.include({ status: "SUCCEEDED", failure: null, metric: "ACCURACY" });
  });
});
