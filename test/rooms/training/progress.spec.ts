import { expect } from "chai";
import { trainingFeed } from "../../../src/rooms/training/training-feed.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  ended,
  follow,
  long,
  progressQuery,
  quick,
  start,
  until,
} from "./support.js";

describe("training: progress", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("progress");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
  });
  after(() => world.stop());

  const startOf = (hyperparameters: object) => start(tenant.owner, { modelId, datasetId, hyperparameters });
  const watching = (): number => trainingFeed(world.app.kernel.notifications).watching;
  const cancel = (jobId: string) =>
    tenant.owner.send(
      "mutation ($jobId: ID!) { cancelTraining(input: { jobId: $jobId }) { trainingJob { id } } }",
      {
        jobId,
      },
    );

  it("tells the state now, then every epoch in order, and ends by itself", async () => {
    const states = await follow(tenant.owner, await startOf({ ...quick, epochs: 6 }));
    expect(states[0]?.epochs).to.equal(6);
    expect(states[0]?.epoch).to.be.at.most(1);
    const epochs = states.map(({ epoch }) => epoch);
    expect(epochs).to.deep.equal(epochs.toSorted((a, b) => a - b));
    const last = states.at(-1);
    expect(last).to.deep.include({ status: "SUCCEEDED", epoch: 6 });
    expect(last?.loss).to.be.greaterThan(0);
    expect(last?.accuracy).to.be.within(0, 1);
    await until(() => watching() === 0);
  });

  it("keeps the curve that was told, and which epoch was the best", async () => {
    const jobId = await startOf({ epochs: 200, learningRate: 0.1, earlyStopping: { patience: 2 } });
    const told = await follow(tenant.owner, jobId);
    const { trainingJob: job } = await tenant.owner.get(
      `query ($id: ID!) { trainingJob(id: $id) { bestEpoch kernels { backend version } progress { epoch }
        version { kernels { backend version } trainingJob { id } }
        history { epoch loss accuracy valLoss valAccuracy durationMs } } }`,
      { id: jobId },
    );
    const { history } = job as { history: Record<string, number>[] };
    const epochs = history.map(({ epoch }) => epoch);
    expect(epochs).to.deep.equal(Array.from({ length: job.progress.epoch }, (_, index) => index + 1));
    for (const { epoch, loss, accuracy } of told)
      if (epoch > 0) expect(history[epoch - 1]).to.include({ epoch, loss, accuracy });
    const best = history.toSorted((a, b) => (a["valLoss"] ?? 0) - (b["valLoss"] ?? 0))[0];
    expect(job.bestEpoch).to.equal(best?.["epoch"]);
    expect(job.bestEpoch).to.be.lessThan(job.progress.epoch);
    expect(job.version.trainingJob.id).to.equal(jobId);
    expect(job.kernels).to.deep.equal(job.version.kernels);
    for (const { durationMs } of history) expect(durationMs).to.be.at.least(0);
  });

  it("tells one state of a job that has ended", async () => {
    const jobId = await startOf(quick);
    await ended(tenant.owner, jobId);
    expect((await follow(tenant.owner, jobId)).map(({ status }) => status)).to.deep.equal(["SUCCEEDED"]);
  });

  it("answers NOT_FOUND for another tenant's job and for none", async () => {
    const other = await world.tenant("curious");
    const jobId = await startOf(quick);
    for (const id of [jobId, "job_unknown"]) {
      const refusal = await follow(other.owner, id).catch((error: Error) => error.message);
      expect(refusal).to.include("NOT_FOUND");
    }
    await ended(tenant.owner, jobId);
    await until(() => watching() === 0);
  });

  it("tells fifty subscribers alike", async () => {
    const jobId = await startOf({ ...quick, epochs: 40 });
    const all = await Promise.all(Array.from({ length: 50 }, () => follow(tenant.owner, jobId)));
    for (const states of all) expect(states.at(-1)).to.deep.include({ status: "SUCCEEDED", epoch: 40 });
    await until(() => watching() === 0);
  });

  it("lets a subscriber go at once that waits for news of a job that has none", async () => {
    // The one process is taken by the first, so the second stays queued for as long as this takes.
    const running = await startOf(long);
    await follow(tenant.owner, running, ({ epoch }) => epoch > 0);
    const queued = await startOf(long);
    const socket = tenant.owner.socket();
    const stream = socket.iterate({ query: progressQuery, variables: { id: queued } });
    await stream.next();
    const waiting = stream.next();
    await until(() => watching() === 1);
    await stream.return?.();
    await until(() => watching() === 0);
    expect((await waiting).done).to.equal(true);
    await socket.dispose();
    await cancel(queued);
    await cancel(running);
  });

  it("leaves nothing behind when sockets break", async () => {
    const jobId = await startOf(long);
    const sockets = Array.from({ length: 5 }, () => tenant.owner.socket());
    for (const socket of sockets) {
      const stream = socket.iterate({ query: progressQuery, variables: { id: jobId } });
      await stream.next();
      stream.next().catch(() => undefined);
    }
    expect(watching()).to.equal(5);
    for (const socket of sockets) socket.terminate();
    await until(() => watching() === 0);
    for (const socket of sockets) await socket.dispose();
    await cancel(jobId);
  });

  it("ends when the session is signed out", async () => {
    const person = await tenant.person("MEMBER");
    const jobId = await startOf(long);
    const socket = person.socket();
    const stream = socket.iterate({ query: progressQuery, variables: { id: jobId } });
    await stream.next();
    await person.get("mutation { signOut { signedOut } }").catch(() => person.get("mutation { signOut }"));
    const rest = (async () => {
      for (;;) if ((await stream.next()).done) return "ended";
    })();
    expect(await rest.catch((error: { code?: number }) => error.code)).to.be.oneOf(["ended", 4403, 4401]);
    await until(() => watching() === 0);
    await socket.dispose();
    await cancel(jobId);
  });

  it("ends with NOT_FOUND when the model is deleted meanwhile", async () => {
    const gone = await createModel(tenant.owner);
    const jobId = await start(tenant.owner, { modelId: gone, datasetId, hyperparameters: long });
    const states = follow(tenant.owner, jobId, async ({ epoch }) => {
      if (epoch > 0)
        await tenant.owner.send(
          "mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }",
          { id: gone },
        );
      return false;
    });
    expect(await states.catch((error: unknown) => JSON.stringify(error))).to.include("NOT_FOUND");
    await until(() => watching() === 0);
  });

  it("goes on after the connection of the notifications was lost", async () => {
    const jobId = await startOf({ ...quick, epochs: 200 });
    let cut = false;
    const states = await follow(tenant.owner, jobId, async ({ epoch }) => {
      if (epoch > 0 && !cut) {
        cut = true;
        await world.admin(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenfold-listen' and datname = current_database()",
        );
      }
      return false;
    });
    expect(states.at(-1)).to.deep.include({ status: "SUCCEEDED", epoch: 200 });
  });
});
