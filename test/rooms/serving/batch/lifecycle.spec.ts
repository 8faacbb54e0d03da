import { expect } from "chai";
import { clock } from "../../../../src/kernel/clock.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import {
  createDataset,
  deployedModel,
  metered,
  missHeartbeats,
  OtherProcess,
  until,
} from "../../training/support.js";
import {
  batchEnded,
  batchOf,
  cancelBatch,
  followBatch,
  manyPenguins,
  resultOf,
  startBatch,
  tryExportBatch,
  uploadDataset,
} from "./support.js";

const rows = 12_000;

describe("serving: batch predictions and what may befall them", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  let datasetId: string;
  let undisturbed: string;
  const workers: OtherProcess[] = [];
  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };
  before(async () => {
    // This process answers requests only; the batches are run by processes that can be killed.
    world = await World.start({ role: "api" });
    tenant = await world.tenant("batch-workers");
    const worker = hire();
    modelId = await deployedModel(tenant.owner);
    datasetId = await uploadDataset(tenant.owner, manyPenguins(rows));
    undisturbed = await resultOf(tenant.owner, await startAndEnd());
    await worker.end("SIGTERM");
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.end("SIGKILL"))));
  after(() => world.stop());

  const start = () => startBatch(tenant.owner, { modelId, datasetId });
  async function startAndEnd(): Promise<string> {
    const id = await start();
    await batchEnded(tenant.owner, id);
    return id;
  }
  const underWay = (id: string) =>
    followBatch(tenant.owner, id, ({ rowsDone, status }) => status !== "QUEUED" && rowsDone > 0);
  const pieces = async (id: string): Promise<number> => {
    const [row] = await world.admin<{ count: number }>(
      `select count(*)::int as count from ${tenant.schema}.batch_prediction_piece where batch_id = $1`,
      [id],
    );
    return row?.count ?? -1;
  };
  const used = async () => (await metered(world, tenant, "PREDICTIONS")).quantity;

  it("go on elsewhere after a SIGKILL: the same result, and each row metered once", async () => {
    const before = await used();
    const first = hire();
    const id = await start();
    await underWay(id);
    await first.end("SIGKILL");
    const [state] = await followBatch(tenant.owner, id, () => true);
    expect(state?.status).to.equal("RUNNING");
    expect(state?.rowsDone).to.be.within(1, rows - 1);
    // What is metered is what is stored, at any moment.
    expect((await used()) - before).to.equal(state?.rowsDone);
    await missHeartbeats(world);
    hire();
    const states = await followBatch(tenant.owner, id);
    expect(states.every(({ rowsDone }) => rowsDone >= (state?.rowsDone ?? 0))).to.equal(true);
    expect(states.at(-1)).to.include({ status: "SUCCEEDED", rowsDone: rows });
    expect(await resultOf(tenant.owner, id)).to.equal(undisturbed);
    expect((await used()) - before).to.equal(rows);
  });

  it("are handed over by a worker that is asked to end", async () => {
    const before = await used();
    const first = hire();
    const id = await start();
    await underWay(id);
    hire();
    await first.end("SIGTERM");
    expect((await batchEnded(tenant.owner, id)).status).to.equal("SUCCEEDED");
    expect(await resultOf(tenant.owner, id)).to.equal(undisturbed);
    expect((await used()) - before).to.equal(rows);
  });

  it("end at once when cancelled: no result, what was done metered, and no more of it", async () => {
    const before = await used();
    const worker = hire();
    const id = await start();
    await underWay(id);
    const answer = await cancelBatch(tenant.owner, id);
    expect(answer.data.cancelBatchPrediction.batchPrediction).to.include({ status: "CANCELLED" });
    const { rowsDone } = (await batchOf(tenant.owner, id)).progress;
    expect(rowsDone).to.be.within(1, rows - 1);
    expect(await pieces(id)).to.equal(0);
    expect(await tryExportBatch(tenant.owner, id)).to.failWith("BATCH_PREDICTION_NOT_READY");
    expect(await cancelBatch(tenant.owner, id)).to.failWith("BATCH_PREDICTION_FINISHED");
    await worker.end("SIGTERM");
    expect((await used()) - before).to.equal(rowsDone);
    expect(await batchOf(tenant.owner, id)).to.deep.include({ status: "CANCELLED", failure: null });
  });

  it("cost nothing when cancelled in the queue, and are not for others to cancel", async () => {
    const before = await used();
    const id = await start();
    const other = await world.tenant("batch-strangers");
    expect(await cancelBatch(other.owner, id)).to.failWith("NOT_FOUND");
    expect(await cancelBatch(await tenant.person("VIEWER"), id)).to.failWith("FORBIDDEN");
    expect(await cancelBatch(tenant.owner, id)).to.succeed();
    hire();
    await batchEnded(tenant.owner, await start());
    expect((await used()) - before).to.equal(rows);
  });

  it("keep their dataset from being deleted, and leave with their model", async () => {
    const deleting = "mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id } } }";
    const own = await uploadDataset(tenant.owner, manyPenguins(500));
    const id = await startBatch(tenant.owner, { modelId, datasetId: own });
    expect(await tenant.owner.send(deleting, { id: own })).to.failWith("DATASET_IN_USE");
    hire();
    await batchEnded(tenant.owner, id);
    expect(await tenant.owner.send(deleting, { id: own })).to.succeed();
    expect(await batchOf(tenant.owner, id)).to.deep.include({ status: "SUCCEEDED", dataset: null });
    const gone = await deployedModel(tenant.owner);
    const running = await startBatch(tenant.owner, { modelId: gone, datasetId });
    await tenant.owner.get("mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }", {
      id: gone,
    });
    expect(await batchOf(tenant.owner, running)).to.equal(null);
    expect((await batchEnded(tenant.owner, await start())).status).to.equal("SUCCEEDED");
  });

  it("wait while their tenant is suspended, and go on after it", async () => {
    const operator = await world.operator();
    const before = await used();
    hire();
    const id = await start();
    await underWay(id);
    const stop = (verb: string) =>
      operator.get(`mutation ($id: ID!) { ${verb}Tenant(input: { id: $id }) { tenant { status } } }`, {
        id: tenant.id,
      });
    await stop("suspend");
    const statusOf = async () =>
      (
        await world.admin<{ status: string }>(
          `select status from ${tenant.schema}.batch_prediction where id = $1`,
          [id],
        )
      )[0]?.status;
    await until(async () => (await statusOf()) === "QUEUED");
    await stop("resume");
    await until(async () => (await statusOf()) === "SUCCEEDED");
    expect(await resultOf(tenant.owner, id)).to.equal(undisturbed);
    expect((await used()) - before).to.equal(rows);
  });
});

describe("serving: batch predictions within a plan", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  const now = clock.now;
  afterEach(() => {
    clock.now = now;
  });
  after(() => world.stop());

  /** The windows of limits begin on the clock; a spec that runs across a minute would see two. */
  const minute = new Date(Math.floor(now().getTime() / 60_000) * 60_000 + 1_000);
  const used = async (tenant: TenantOfWorld) => (await metered(world, tenant, "PREDICTIONS")).quantity;
  /** Rows that this process has computed, metered or not. */
  async function predicted(): Promise<number> {
    const text = await (await fetch(`${world.url}/metrics`)).text();
    const counts = [...text.matchAll(/^tenfold_predictions_total\{[^}]*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  it("are paced by what a minute allows, and fail when the day's is used up: nothing is given out then", async () => {
    const tenant = await world.tenant("batch-plan", "STARTER");
    const modelId = await deployedModel(tenant.owner);
    const datasetId = await createDataset(tenant.owner);
    clock.now = () => minute;
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    await until(async () => (await used(tenant)) === 100);
    expect((await batchOf(tenant.owner, id)).progress).to.include({ status: "RUNNING", rowsDone: 100 });
    const postponed = `select 1 from pgboss.job where name = 'batchPrediction.run' and start_after > now() and state <> 'active'`;
    await until(async () => (await world.admin(postponed)).length > 0);
    // No row of the next minute's was predicted only to be thrown away.
    expect(await predicted()).to.equal(100);
    await world.admin(
      `update ${tenant.schema}.quota_counter set used = 9990 where meter = 'PREDICTIONS' and window_name = 'DAY'`,
    );
    const next = new Date(minute.getTime() + 60_000);
    clock.now = () => next;
    // The queue waits by the database's clock, which no spec can turn on.
    await world.admin("update pgboss.job set start_after = now() where name = 'batchPrediction.run'");
    const batch = await batchEnded(tenant.owner, id);
    expect(batch).to.deep.include({ status: "FAILED" });
    expect(batch.failure.code).to.equal("QUOTA_EXCEEDED");
    expect(batch.failure.message).to.contain("predictionsPerDay");
    expect(await used(tenant)).to.equal(batch.progress.rowsDone);
    expect(await tryExportBatch(tenant.owner, id)).to.failWith("BATCH_PREDICTION_NOT_READY");
  });
});
