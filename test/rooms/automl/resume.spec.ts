import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { missHeartbeats, OtherProcess, trainingPids } from "../training/support.js";
import { cancel, ended, follow, smallSubject, start, subject } from "./support.js";

const settings = { trialLimit: 4, algorithms: ["LINEAR"], seed: 11 };

describe("automl: workers that die", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let input: object;
  let undisturbed: { sha256: string; reason: string };
  const workers: OtherProcess[] = [];
  before(async () => {
    // This process answers requests only; the searches are run by processes that can be killed.
    world = await World.start({ role: "api" });
    tenant = await world.tenant("workers");
    input = { ...(await smallSubject(tenant.owner)), ...settings };
    const worker = hire();
    const { version, winner } = await ended(tenant.owner, await start(tenant.owner, input));
    undisturbed = { sha256: version.sha256, reason: winner.reason };
    await worker.end("SIGTERM");
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.end("SIGKILL"))));
  after(() => world.stop());

  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };

  /** The version and the reason as if nothing had happened, to the bit; no fold measured twice, one usage event. */
  async function expectOnce(runId: string): Promise<void> {
    const run = await ended(tenant.owner, runId);
    expect(run.failure).to.equal(null);
    expect({ sha256: run.version.sha256, reason: run.winner.reason }).to.deep.equal(undisturbed);
    const [row] = await world.admin<Record<string, number>>(
      `select (select count(*)::int from ${tenant.schema}.usage_event where subject = $1) as usage,
        (select sum(jsonb_array_length(results))::int from ${tenant.schema}.automl_trial where run_id = $1) as folds,
        (select count(*)::int from ${tenant.schema}.automl_checkpoint) as checkpoints,
        (select count(*)::int from ${tenant.schema}.audit_event where subject = $1 and 'automl.succeeded' in (action, operation)) as told`,
      [runId],
    );
    expect(row).to.deep.equal({ usage: 1, folds: 4 * 2 + 2 * 2, checkpoints: 0, told: 1 });
  }

  it("another worker goes on with the trials of one that was killed, and replaces a killed training process", async () => {
    const first = hire();
    const runId = await start(tenant.owner, input);
    const scored = (least: number) => follow(tenant.owner, runId, (state) => state.scored >= least);
    const seen = await scored(2);
    await first.end("SIGKILL");
    await missHeartbeats(world);
    const second = hire();
    const states = await scored(3);
    // Watchers see no trial forgotten.
    expect(states.every((state) => state.scored >= (seen.at(-1)?.scored ?? 0))).to.equal(true);
    // Folds whose checkpoints are lost begin anew.
    await world.admin(`delete from ${tenant.schema}.automl_checkpoint`);
    for (const pid of trainingPids(second.pid)) process.kill(pid, "SIGKILL");
    await expectOnce(runId);
  });

  it("a long trial goes on from its last stored epoch, and shows it", async () => {
    const worker = hire();
    const digits = await subject(tenant.owner, "digits-8x8");
    const runId = await start(tenant.owner, { ...digits, trialLimit: 1, algorithms: ["CONVOLUTION"] });
    const seen = await follow(tenant.owner, runId, ({ current }) => current !== null);
    const { epoch = 0, epochs = 0 } = seen.at(-1)?.current ?? {};
    expect(epoch).to.be.within(1, epochs - 1);
    const [kept] = await world.admin<{ epoch: number }>(
      `select epoch from ${tenant.schema}.automl_checkpoint`,
    );
    expect(kept?.epoch).to.be.at.least(epoch);
    for (const pid of trainingPids(worker.pid)) process.kill(pid, "SIGKILL");
    const after = await follow(tenant.owner, runId, ({ current }) => (current?.epoch ?? 0) > epoch);
    expect(after.every(({ current }) => (current?.epoch ?? 0) >= epoch)).to.equal(true);
    expect(await cancel(tenant.owner, runId)).to.succeed();
  });

  it("a worker that is asked to end hands its search over", async () => {
    const first = hire();
    const runId = await start(tenant.owner, input);
    await follow(tenant.owner, runId, ({ scored }) => scored >= 1);
    hire();
    await first.end("SIGTERM");
    await expectOnce(runId);
  });

  /** Gives a search that nobody works on less time than a caller may ask for, so that nobody waits for it. */
  const limit = (runId: string, seconds: string): Promise<unknown> =>
    world.admin(`update ${tenant.schema}.automl_run set time_limit_seconds = ${seconds} where id = $1`, [
      runId,
    ]);

  it("a search whose time is over takes the best so far", async () => {
    const first = hire();
    const runId = await start(tenant.owner, { ...input, trialLimit: 64 });
    await follow(tenant.owner, runId, ({ scored }) => scored >= 1);
    await first.end("SIGKILL");
    // One or two seconds more, however long this machine took to score the first.
    await limit(runId, "ceil(searched_ms / 1000)::int + 1");
    hire();
    const run = await ended(tenant.owner, runId);
    expect(run).to.include({ status: "SUCCEEDED", failure: null });
    expect(run.progress.scored).to.be.within(1, 63);
    expect(run.winner.number).to.equal(run.progress.leaderboard[0].number);
    expect(run.winner.reason).to.include("The time limit ended the search.");
    expect(run.trials.nodes.map(({ status }: { status: string }) => status)).to.include("WINNER");
  });

  it("a search without time for a single trial fails, and says what to do", async () => {
    const runId = await start(tenant.owner, input);
    await limit(runId, "0");
    hire();
    const run = await ended(tenant.owner, runId);
    expect(run).to.include({ status: "FAILED", version: null, trainedMs: 0 });
    expect(run.failure).to.include({ code: "AUTOML_NOTHING_SCORED", cause: "OUT_OF_TIME" });
    expect(run.failure.message).to.include("Allow more time");
  });
});
