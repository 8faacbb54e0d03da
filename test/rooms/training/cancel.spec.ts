import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  ended,
  follow,
  job,
  long,
  metered,
  quick,
  start,
  trainingPids,
  until,
} from "./support.js";

describe("training: cancelled", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("cancels");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
  });
  after(() => world.stop());

  const cancel = (jobId: string, client = tenant.owner) =>
    client.send(
      "mutation ($jobId: ID!) { cancelTraining(input: { jobId: $jobId }) { trainingJob { id status } } }",
      {
        jobId,
      },
    );
  const startOf = (hyperparameters: object) => start(tenant.owner, { modelId, datasetId, hyperparameters });
  const rows = async (table: string): Promise<number> => {
    const [row] = await world.admin<{ count: number }>(`select count(*)::int from ${tenant.schema}.${table}`);
    return row?.count ?? -1;
  };

  it("ends a running one: process gone, no version, no checkpoint, its epochs metered once", async () => {
    const jobId = await startOf(long);
    await follow(tenant.owner, jobId, ({ epoch }) => epoch >= 2);
    const running = trainingPids(process.pid);
    expect(running).to.have.length(1);
    const answer = await cancel(jobId);
    expect(answer.data.cancelTraining.trainingJob.status).to.equal("CANCELLED");
    await until(() => !trainingPids(process.pid).includes(running[0] ?? 0));
    const { status, version, finishedAt } = await job(tenant.owner, jobId);
    expect({ status, version }).to.deep.equal({ status: "CANCELLED", version: null });
    expect(finishedAt).to.be.a("string");
    expect(await rows("training_checkpoint")).to.equal(0);
    expect(await rows("model_version")).to.equal(0);
    const usage = await metered(world, tenant, "TRAINING_MS");
    expect(usage.events).to.equal(1);
    const [row] = await world.admin<{ trained: number }>(
      `select ceil(trained_ms)::int as trained from ${tenant.schema}.training_job where id = $1`,
      [jobId],
    );
    expect(usage.quantity).to.equal(row?.trained);
  });

  it("ends a queued one for nothing, and its turn is free", async () => {
    const before = await metered(world, tenant, "TRAINING_MS");
    const running = await startOf(long);
    await follow(tenant.owner, running, ({ epoch }) => epoch > 0);
    const queued = await startOf(long);
    expect(await cancel(queued)).to.succeed();
    expect(await job(tenant.owner, queued)).to.deep.include({ status: "CANCELLED", startedAt: null });
    await cancel(running);
    const after = await metered(world, tenant, "TRAINING_MS");
    expect(after.events).to.equal(before.events + 1);
    expect((await ended(tenant.owner, await startOf(quick))).status).to.equal("SUCCEEDED");
  });

  it("is final: neither cancelled twice nor after the end", async () => {
    const jobId = await startOf(quick);
    await ended(tenant.owner, jobId);
    const late = await cancel(jobId);
    expect(late).to.failWith("TRAINING_FINISHED");
    expect((await job(tenant.owner, jobId)).status).to.equal("SUCCEEDED");
    const another = await startOf(long);
    const both = await Promise.all([cancel(another), cancel(another)]);
    expect(both.filter(({ errors }) => !errors)).to.have.length(1);
    expect((await ended(tenant.owner, another)).status).to.equal("CANCELLED");
  });

  it("is not for others: NOT_FOUND for another tenant, FORBIDDEN for a viewer", async () => {
    const other = await world.tenant("strangers");
    const jobId = await startOf(quick);
    expect(await cancel(jobId, other.owner)).to.failWith("NOT_FOUND");
    expect(await cancel(jobId, await tenant.person("VIEWER"))).to.failWith("FORBIDDEN");
    expect((await ended(tenant.owner, jobId)).status).to.equal("SUCCEEDED");
  });

  it("decides a race with the end one way: a version, or cancelled", async () => {
    for (let round = 0; round < 4; round++) {
      const versions = await rows("model_version");
      const jobId = await startOf({ ...quick, epochs: 2 });
      await follow(tenant.owner, jobId, ({ epoch }) => epoch >= 2 - (round % 2));
      const { errors } = await cancel(jobId);
      const { status } = await ended(tenant.owner, jobId);
      expect(status).to.equal(errors ? "SUCCEEDED" : "CANCELLED");
      expect(await rows("model_version")).to.equal(versions + (errors ? 1 : 0));
    }
  });

  it("comes with the deletion of the model", async () => {
    const gone = await createModel(tenant.owner);
    const jobId = await start(tenant.owner, { modelId: gone, datasetId, hyperparameters: long });
    await follow(tenant.owner, jobId, ({ epoch }) => epoch > 0);
    const before = await metered(world, tenant, "TRAINING_MS");
    const [running = 0] = trainingPids(process.pid);
    await tenant.owner.get("mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }", {
      id: gone,
    });
    await until(() => !trainingPids(process.pid).includes(running));
    expect(await job(tenant.owner, jobId)).to.equal(null);
    expect((await metered(world, tenant, "TRAINING_MS")).events).to.equal(before.events + 1);
    expect((await ended(tenant.owner, await startOf(quick))).status).to.equal("SUCCEEDED");
  });
});
