import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, deploy, metered, predict } from "../training/support.js";
import { ended, follow, runOf, smallSubject, start, subject } from "./support.js";

/** Algorithms and trials with which a search is over in a moment. */
const quick = { trialLimit: 4, algorithms: ["LINEAR"] };

describe("automl: from a dataset to a version", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let input: { modelId: string; datasetId: string };
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("searches");
    input = { ...(await smallSubject(tenant.owner)), ...quick };
  });
  after(() => world.stop());

  const actions = async (subjectId: string): Promise<string[]> => {
    const rows = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event where subject = $1 order by id`,
      [subjectId],
    );
    return rows.map(({ action }) => action);
  };

  it("searches, tells of it live, publishes the winner, and serves it", async () => {
    const penguins = { ...(await subject(tenant.owner, "penguins")), ...quick };
    const runId = await start(tenant.owner, penguins);
    const states = await follow(tenant.owner, runId);
    const scored = states.map((state) => state.scored);
    expect(scored).to.deep.equal(scored.toSorted((a, b) => a - b));
    const times = states.map((state) => state.elapsedMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(states.some(({ leaderboard }) => leaderboard.length > 0 && leaderboard.length < 4)).to.equal(true);
    const run = await runOf(tenant.owner, runId);
    expect(run).to.include({ status: "SUCCEEDED", failure: null, metric: "ACCURACY" });
    expect(run.progress).to.include({ status: "SUCCEEDED", trials: 4, scored: 4, current: null });
    expect(run.winner.reason).to.match(
      /^Best of all was trial \d \(LINEAR\) with an accuracy of 0\.9\d+ after/,
    );
    expect(run.winner.trial).to.include({ number: run.winner.number, status: "WINNER" });
    expect(run.winner.version).to.deep.equal({ number: "1.0.0" });
    await deploy(tenant.owner, penguins.modelId);
    const { data } = await predict(tenant.owner, penguins.modelId);
    expect(data.predict.predictions[0].label).to.equal("Adelie");
  });

  it("ranks by the metric, and the winner is the first; the version is trained on all training rows", async () => {
    const run = await ended(tenant.owner, await start(tenant.owner, { ...input, metric: "LOSS" }));
    const { leaderboard } = run.progress;
    const scores = leaderboard.map(({ score }: { score: number }) => score);
    expect(scores).to.deep.equal(scores.toSorted((a: number, b: number) => a - b));
    expect(run.winner.number).to.equal(leaderboard[0].number);
    expect(run.winner.score).to.equal(scores[0]);
    expect(run.version.split).to.deep.equal({ train: 45, validation: 0, test: 15 });
    // Stopped early it is trained for longer, as its rate then falls to the end.
    expect(run.version.hyperparameters).to.include({ validationSplit: 0 });
    expect(run.version.hyperparameters.epochs).to.be.within(run.winner.epochs, 2 * run.winner.epochs);
    const statuses = run.trials.nodes.map(({ status }: { status: string }) => status);
    expect(statuses.toSorted()).to.deep.equal(["DROPPED", "DROPPED", "DROPPED", "WINNER"]);
    expect(run.winner.reason).to.include("a log loss of");
  });

  it("meters the time of all trials once, and audits the run and its version", async () => {
    const before = await metered(world, tenant, "TRAINING_MS");
    const run = await ended(tenant.owner, await start(tenant.owner, input));
    const after = await metered(world, tenant, "TRAINING_MS");
    expect(after.events).to.equal(before.events + 1);
    const trained = run.trials.nodes.reduce(
      (sum: number, { trainedMs }: { trainedMs: number }) => sum + trainedMs,
      0,
    );
    expect(trained).to.be.greaterThan(0);
    expect(run.trainedMs).to.be.at.least(trained);
    expect(after.quantity - before.quantity).to.be.within(
      Math.floor(run.trainedMs),
      Math.ceil(run.trainedMs),
    );
    expect(await actions(run.id)).to.deep.equal(["automl.queued", "automl.started", "automl.succeeded"]);
    expect(await actions(run.version.id)).to.deep.equal(["version.published"]);
    const [left] = await world.admin<{ count: number }>(
      `select count(*)::int from ${tenant.schema}.automl_checkpoint`,
    );
    expect(left?.count).to.equal(0);
  });

  it("is the same to the bit for the same seed", async () => {
    const once = async (): Promise<[string, string]> => {
      const { version, winner } = await ended(tenant.owner, await start(tenant.owner, { ...input, seed: 9 }));
      return [version.sha256, winner.reason];
    };
    expect(await once()).to.deep.equal(await once());
  });

  it("lists runs by model and status, and shows them on the model and by node", async () => {
    const list = async (filter: object): Promise<number> => {
      const { automlRuns } = await tenant.owner.get(
        "query ($filter: AutomlRunFilter) { automlRuns(filter: $filter) { totalCount } }",
        { filter },
      );
      return automlRuns.totalCount;
    };
    const id = await start(tenant.owner, { ...input, seed: 5 });
    await ended(tenant.owner, id);
    const filter = { modelId: input.modelId };
    const all = await list(filter);
    expect(all).to.be.at.least(1);
    expect(await list({ modelId: await createModel(tenant.owner) })).to.equal(0);
    expect(await list({ ...filter, statuses: ["FAILED"] })).to.equal(0);
    expect(await list({ ...filter, statuses: ["SUCCEEDED"] })).to.equal(all);
    const { model, node } = await tenant.owner.get(
      `query ($model: ID!, $run: ID!) { model(id: $model) { automlRuns { totalCount } }
        node(id: $run) { ... on AutomlRun { seed model { id } dataset { id } winner { version { number } } } } }`,
      { model: input.modelId, run: id },
    );
    expect(model.automlRuns.totalCount).to.equal(all);
    expect(node).to.deep.include({ seed: 5, model: { id: input.modelId }, dataset: { id: input.datasetId } });
  });
});
