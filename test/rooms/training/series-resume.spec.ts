import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, follow, missHeartbeats, OtherProcess, start } from "./support.js";

const settings = { epochs: 120, batchSize: 4, earlyStopping: { patience: 1_000 } };

describe("training: series of workers that die", () => {
  let world: World;
  let tenant: TenantOfWorld;
  const workers: OtherProcess[] = [];
  before(async () => {
    world = await World.start({ role: "api" });
    tenant = await world.tenant("seriesworkers");
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.end("SIGKILL"))));
  after(() => world.stop());

  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };

  it("another worker goes on to the same bytes when one is killed", async () => {
    const { owner } = tenant;
    const datasetId = await createDataset(
      owner,
      readFileSync("test/data/airline-passengers.csv", "utf8"),
      "months",
    );
    const modelId = await createModel(owner, {
      type: "TIME_SERIES",
      target: "Passengers",
      architecture: { preset: "GRU", parameters: { units: 8 } },
    });
    const begin = () => start(owner, { modelId, datasetId, seed: 3, hyperparameters: settings });
    const first = hire();
    const undisturbed = await ended(owner, await begin());
    expect(undisturbed.failure).to.equal(null);
    const jobId = await begin();
    await follow(owner, jobId, ({ epoch }) => epoch >= 20);
    await first.end("SIGKILL");
    const [state] = await follow(owner, jobId, () => true);
    expect(state?.status).to.equal("RUNNING");
    await missHeartbeats(world);
    hire();
    const { status, version, progress } = await ended(owner, jobId);
    expect(status).to.equal("SUCCEEDED");
    expect(progress.epoch).to.equal(settings.epochs);
    expect(version.sha256).to.equal(undisturbed.version.sha256);
  }).timeout(120_000);
});
