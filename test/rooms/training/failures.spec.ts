import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  ended,
  OtherProcess,
  quick,
  start,
  trainingPids,
  until,
} from "./support.js";

describe("training: why it failed", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  before(async () => {
    // Nothing works on the queue until a spec hires somebody, so that it can spoil a job before.
    world = await World.start({ role: "api" });
    tenant = await world.tenant("fails");
    datasetId = await createDataset(tenant.owner);
  });
  after(() => world.stop());

  const failureOf = async (id: string) => {
    await ended(tenant.owner, id);
    const { trainingJob } = await tenant.owner.get(
      "query ($id: ID!) { trainingJob(id: $id) { status failure { cause code message } version { number } } }",
      { id },
    );
    return trainingJob;
  };
  const spoil = (id: string, change: string): Promise<unknown> =>
    world.admin(`update ${tenant.schema}.training_job set ${change} where id = $1`, [id]);

  it("is told in one word, and an error of ours ends a training at once, beside others that go on", async () => {
    const modelId = await createModel(tenant.owner);
    const broken = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick });
    await spoil(broken, `plan = jsonb_set(plan, '{task,features,0,kind}', '"NOPE"')`);
    const diverging = await start(tenant.owner, {
      modelId: await createModel(tenant.owner, { type: "REGRESSION", target: "body_mass_g" }),
      datasetId,
      hyperparameters: { optimizer: "SGD", learningRate: 10, epochs: 300 },
    });
    const fine = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick });
    const worker = new OtherProcess(world, "worker");
    try {
      const { status, failure } = await failureOf(broken);
      expect(status).to.equal("FAILED");
      expect(failure).to.include({ cause: "INTERNAL", code: "TRAINING_BROKEN" });
      expect(failure.message).to.not.include("NOPE");
      expect((await failureOf(diverging)).failure).to.include({
        cause: "DIVERGED",
        code: "TRAINING_DIVERGED",
      });
      expect((await failureOf(fine)).status).to.equal("SUCCEEDED");
      // Tried once: the queue counts every further attempt.
      const [row] = await world.admin<{ retries: number }>(
        "select sum(retry_count)::int as retries from pgboss.job where name = 'training.run'",
      );
      expect(row?.retries).to.equal(0);
    } finally {
      await worker.end("SIGTERM");
    }
  });

  it("has a cause where it was stored without one", async () => {
    const modelId = await createModel(tenant.owner);
    const id = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick });
    const failure = { code: "TRAINING_DATA_UNUSABLE", message: "Nothing to learn." };
    await spoil(id, `status = 'FAILED', finished_at = now(), failure = '${JSON.stringify(failure)}'`);
    expect((await failureOf(id)).failure).to.deep.equal({ cause: "BAD_DATA", ...failure });
  });

  it("leaves a process ready on a worker, and none on one that only answers requests", async () => {
    const [worker, api] = [new OtherProcess(world, "worker", 1), new OtherProcess(world, "api", 1)];
    try {
      await until(() => trainingPids(worker.pid).length === 1);
      await api.url();
      expect(trainingPids(api.pid)).to.deep.equal([]);
      const pids = trainingPids(worker.pid);
      // It ends by itself, and its spare process with it.
      await worker.end("SIGTERM");
      expect(pids.filter((pid) => trainingPids(worker.pid).includes(pid))).to.deep.equal([]);
    } finally {
      await Promise.all([worker.end("SIGKILL"), api.end("SIGKILL")]);
    }
  });
});
