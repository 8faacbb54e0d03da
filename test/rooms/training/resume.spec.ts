import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  ended,
  follow,
  metered,
  missHeartbeats,
  OtherProcess,
  start,
  trainingPids,
  until,
} from "./support.js";

const settings = { epochs: 150, batchSize: 8 };

describe("training: workers that die", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  let undisturbed: string;
  const workers: OtherProcess[] = [];
  before(async () => {
    // This process answers requests only; the trainings are run by processes that can be killed.
    world = await World.start({ role: "api" });
    tenant = await world.tenant("workers");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
    const worker = hire();
    undisturbed = (await ended(tenant.owner, await startOne())).version.sha256;
    await worker.end("SIGTERM");
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.end("SIGKILL"))));
  after(() => world.stop());

  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };
  const startOne = () => start(tenant.owner, { modelId, datasetId, seed: 11, hyperparameters: settings });
  const halfWay = (jobId: string) => follow(tenant.owner, jobId, ({ epoch }) => epoch >= 20);

  /** One version as if nothing had happened, one usage event, no checkpoint left. */
  async function expectOnce(jobId: string): Promise<void> {
    const { status, version, progress } = await ended(tenant.owner, jobId);
    expect(status).to.equal("SUCCEEDED");
    expect(progress.epoch).to.equal(settings.epochs);
    expect(version.sha256).to.equal(undisturbed);
    const [row] = await world.admin<Record<string, number>>(
      `select (select count(*)::int from ${tenant.schema}.usage_event where subject = $1) as usage,
        (select sum(quantity)::int from ${tenant.schema}.usage_event where subject = $1) as quantity,
        (select ceil(greatest(trained_ms, 1))::int from ${tenant.schema}.training_job where id = $1) as trained,
        (select count(*)::int from ${tenant.schema}.training_checkpoint) as checkpoints,
        (select count(*)::int from ${tenant.schema}.training_epoch where job_id = $1) as epochs,
        (select max(epoch) from ${tenant.schema}.training_epoch where job_id = $1) as last,
        (select count(*)::int from ${tenant.schema}.audit_event where subject = $1 and 'training.succeeded' in (action, operation)) as told,
        (select count(*)::int from ${tenant.schema}.model_version) as versions,
        (select count(*)::int from ${tenant.schema}.training_job where status = 'SUCCEEDED') as jobs`,
      [jobId],
    );
    expect(row).to.include({
      usage: 1,
      told: 1,
      checkpoints: 0,
      epochs: settings.epochs,
      last: settings.epochs,
      quantity: row?.trained,
      versions: row?.jobs,
    });
  }

  it("another worker goes on from the last epoch when one is killed, which leaves no training process behind", async () => {
    const first = hire();
    const jobId = await startOne();
    await halfWay(jobId);
    const [pid] = trainingPids(first.pid);
    expect(pid).to.be.greaterThan(0);
    await first.end("SIGKILL");
    const [state] = await follow(tenant.owner, jobId, () => true);
    expect(state?.status).to.equal("RUNNING");
    await until(() => {
      try {
        return !process.kill(pid ?? 0, 0);
      } catch {
        return true;
      }
    });
    hire();
    const states = await follow(tenant.owner, jobId);
    // Watchers see no epoch a second time.
    expect(states.every(({ epoch }) => epoch >= (state?.epoch ?? 0))).to.equal(true);
    await expectOnce(jobId);
  });

  it("a killed training process is replaced by its worker", async () => {
    const worker = hire();
    const jobId = await startOne();
    await halfWay(jobId);
    for (const pid of trainingPids(worker.pid)) process.kill(pid, "SIGKILL");
    await expectOnce(jobId);
  });

  it("a worker that is asked to end hands its training over", async () => {
    const first = hire();
    const jobId = await startOne();
    await halfWay(jobId);
    hire();
    await first.end("SIGTERM");
    const [row] = await world.admin<{ retry_count: number }>(
      "select retry_count from pgboss.job where name = 'training.run' order by created_on desc limit 1",
    );
    // Given back, not failed: the attempt does not count.
    expect(row?.retry_count).to.equal(0);
    await expectOnce(jobId);
  });

  it("a training survives the loss of its checkpoint: it begins anew, and is metered once", async () => {
    const first = hire();
    const jobId = await startOne();
    await halfWay(jobId);
    await first.end("SIGKILL");
    await world.admin(`delete from ${tenant.schema}.training_checkpoint`);
    await missHeartbeats(world);
    hire();
    await expectOnce(jobId);
    expect((await metered(world, tenant, "TRAINING_MS")).events).to.be.at.least(5);
  });
});
