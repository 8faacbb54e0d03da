import { expect } from "chai";
import { resumeTenant, suspendTenant } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { metered, trainingPids, until } from "../training/support.js";
import { cancel, ended, follow, runOf, start, smallSubject, type Subject } from "./support.js";

/** A search that goes on until a spec has done what it wants to do meanwhile. */
const long = { trialLimit: 64, algorithms: ["LINEAR"] };

describe("automl: cancelled, and put off", function () {
  this.timeout(60_000);
  let world: World;
  let tenant: TenantOfWorld;
  let input: Subject;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("cancels");
    input = { ...(await smallSubject(tenant.owner)), ...long };
  });
  after(() => world.stop());

  const rows = async (table: string): Promise<number> => {
    const [row] = await world.admin<{ count: number }>(`select count(*)::int from ${tenant.schema}.${table}`);
    return row?.count ?? -1;
  };
  const scoredOne = (runId: string) => follow(tenant.owner, runId, ({ scored }) => scored >= 1);

  it("ends one that waits, which costs nothing, and a running one at once: process gone, no checkpoint, its time metered once", async () => {
    // One that is kept ready for trainings is none of the search's.
    const ready = trainingPids(process.pid);
    const runId = await start(tenant.owner, input);
    await scoredOne(runId);
    const second = await start(tenant.owner, input);
    await cancel(tenant.owner, second);
    const waiting = await ended(tenant.owner, second);
    expect(waiting).to.include({ status: "CANCELLED", startedAt: null, trainedMs: 0 });
    expect((await metered(world, tenant, "TRAINING_MS")).events).to.equal(0);
    const running = trainingPids(process.pid).find((pid) => !ready.includes(pid)) ?? 0;
    expect(running).to.be.greaterThan(0);
    const answer = await cancel(tenant.owner, runId);
    expect(answer.data.cancelAutoml.automlRun.status).to.equal("CANCELLED");
    await until(() => !trainingPids(process.pid).includes(running));
    const run = await runOf(tenant.owner, runId);
    expect(run).to.include({ status: "CANCELLED", version: null, winner: null });
    expect(run.progress.current).to.equal(null);
    expect(run.progress.leaderboard.length).to.be.at.least(1);
    expect(await rows("automl_checkpoint")).to.equal(0);
    expect(await rows("model_version")).to.equal(0);
    const { events, quantity } = await metered(world, tenant, "TRAINING_MS");
    expect(events).to.equal(1);
    expect(quantity).to.be.greaterThan(0);
    expect(await cancel(tenant.owner, runId)).to.failWith("AUTOML_FINISHED");
  });

  it("comes with the deletion of the model", async () => {
    const gone = { ...(await smallSubject(tenant.owner)), ...long };
    const runId = await start(tenant.owner, gone);
    await scoredOne(runId);
    const trials = await rows("automl_trial");
    const remove = "mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }";
    await tenant.owner.get(remove, { id: gone.modelId });
    expect(await runOf(tenant.owner, runId)).to.equal(null);
    expect(await rows("automl_trial")).to.equal(trials - 64);
    await until(async () => (await rows("automl_checkpoint")) === 0);
  });

  it("waits while its tenant is suspended, and goes on with its trials", async () => {
    const operator = await world.operator();
    const stored = async (runId: string): Promise<{ status: string; results: number }> => {
      const [row] = await world.admin<{ status: string; results: number }>(
        `select status, (select sum(jsonb_array_length(results))::int from ${tenant.schema}.automl_trial where run_id = $1) as results
         from ${tenant.schema}.automl_run where id = $1`,
        [runId],
      );
      return row ?? { status: "", results: -1 };
    };
    const runId = await start(tenant.owner, { ...input, trialLimit: 4 });
    await scoredOne(runId);
    await operator.get(suspendTenant, { input: { id: tenant.id } });
    await until(async () => (await stored(runId)).status === "QUEUED");
    const { results } = await stored(runId);
    expect(results).to.be.at.least(2);
    await operator.get(resumeTenant, { input: { id: tenant.id } });
    const run = await ended(tenant.owner, runId);
    expect(run.status).to.equal("SUCCEEDED");
    expect((await stored(runId)).results).to.equal(4 * 2 + 2 * 2);
  });
});
