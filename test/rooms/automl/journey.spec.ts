import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, deploy, metered, predict } from "../training/support.js";
import { ended, follow, references, runOf, smallSubject, start, type Subject, subject } from "./support.js";

/** Algorithms and trials with which a search is over in a moment. */
const quick = { trialLimit: 4, algorithms: ["LINEAR"] };

describe("automl: from a dataset to a version", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let input: Subject;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("searches");
    input = await smallSubject(tenant.owner);
  });
  after(() => world.stop());

  const actions = async (subjectId: string): Promise<string[]> => {
    const rows = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event where subject = $1 order by id`,
      [subjectId],
    );
    return rows.map(({ action }) => action);
  };

  // The other public data sets are in the benchmark `automl`.
  it("searches, publishes a winner that is good on rows no trial saw, and serves it", async () => {
    const given = await subject(tenant.owner, "penguins");
    const run = await ended(tenant.owner, await start(tenant.owner, { ...given, ...quick, trialLimit: 1 }));
    expect(run).to.include({ status: "SUCCEEDED", failure: null, metric: "ACCURACY", split: null });
    expect(run.progress).to.include({ status: "SUCCEEDED", trials: 1, scored: 1, current: null });
    expect(run.winner.reason).to.match(
      /^Best of all was trial \d \(LINEAR\) with an accuracy of (0\.9\d+|1) after .* 5-fold cross-validation on/,
    );
    expect(run.winner.trial).to.include({ number: run.winner.number, status: "WINNER" });
    expect(run.winner.version).to.deep.equal({ number: "1.0.0" });
    expect(run.version.split.plan).to.equal(null);
    expect(run.version.metrics.accuracy).to.be.at.least(references.penguins.best - 0.02);
    await deploy(tenant.owner, given.modelId);
    const { data } = await predict(tenant.owner, given.modelId);
    expect(data.predict.predictions[0].label).to.equal("Adelie");
  });

  describe("of groups that take turns", () => {
    const settings = { ...quick, metric: "LOSS", seed: 5 };
    // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
    let run: any;
    let earlier = { events: 0, quantity: 0 };

    it("tells of its trials as they are scored", async () => {
      earlier = await metered(world, tenant, "TRAINING_MS");
      const runId = await start(tenant.owner, { ...input, ...settings });
      const states = await follow(tenant.owner, runId);
      const scored = states.map((state) => state.scored);
      expect(scored).to.deep.equal(scored.toSorted((a, b) => a - b));
      const times = states.map((state) => state.elapsedMs);
      expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
      expect(states.some(({ leaderboard }) => leaderboard.length > 0 && leaderboard.length < 4)).to.equal(
        true,
      );
      run = await runOf(tenant.owner, runId);
      expect(run.progress).to.include({ status: "SUCCEEDED", trials: 4, scored: 4, current: null });
    });

    it("ranks by the metric, and the winner is the first", () => {
      const { leaderboard } = run.progress;
      const scores = leaderboard.map(({ score }: { score: number }) => score);
      expect(scores).to.deep.equal(scores.toSorted((a: number, b: number) => a - b));
      expect(run.winner.number).to.equal(leaderboard[0].number);
      expect(run.winner.score).to.equal(scores[0]);
      const statuses = run.trials.nodes.map(({ status }: { status: string }) => status);
      expect(statuses.toSorted()).to.deep.equal(["DROPPED", "DROPPED", "DROPPED", "WINNER"]);
      expect(run.winner.reason)
        .to.include("a log loss of")
        .and.to.include("as the mean of a 2-fold cross-validation of whole groups on the training rows");
    });

    it("trains the version on all training rows, and records how the others were held out", () => {
      const plan = { ...input.split, testFraction: 0.25, seed: 5 };
      expect(run.split).to.deep.equal(plan);
      expect(run.version.split).to.deep.equal({ train: 40, validation: 0, test: 20, plan });
      expect(run.version.hyperparameters).to.include({ validationSplit: 0 });
      // Stopped early it is trained for longer, as its rate then falls to the end.
      expect(run.version.hyperparameters.epochs).to.be.within(run.winner.epochs, 2 * run.winner.epochs);
    });

    it("meters the time of all trials once, and audits the run and its version", async () => {
      const after = await metered(world, tenant, "TRAINING_MS");
      expect(after.events).to.equal(earlier.events + 1);
      const trained = run.trials.nodes.reduce(
        (sum: number, { trainedMs }: { trainedMs: number }) => sum + trainedMs,
        0,
      );
      expect(trained).to.be.greaterThan(0);
      expect(run.trainedMs).to.be.at.least(trained);
      expect(after.quantity - earlier.quantity).to.be.within(
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

    it("lists runs by model and status, and shows them on the model and by node", async () => {
      const list = async (filter: object): Promise<number> => {
        const { automlRuns } = await tenant.owner.get(
          "query ($filter: AutomlRunFilter) { automlRuns(filter: $filter) { totalCount } }",
          { filter },
        );
        return automlRuns.totalCount;
      };
      const filter = { modelId: input.modelId };
      const all = await list(filter);
      expect(all).to.equal(1);
      expect(await list({ modelId: await createModel(tenant.owner) })).to.equal(0);
      expect(await list({ ...filter, statuses: ["FAILED"] })).to.equal(0);
      expect(await list({ ...filter, statuses: ["SUCCEEDED"] })).to.equal(all);
      const { model, node } = await tenant.owner.get(
        `query ($model: ID!, $run: ID!) { model(id: $model) { automlRuns { totalCount } }
          node(id: $run) { ... on AutomlRun { seed model { id } dataset { id } winner { version { number } } } } }`,
        { model: input.modelId, run: run.id },
      );
      expect(model.automlRuns.totalCount).to.equal(all);
      expect(node).to.deep.include({
        seed: 5,
        model: { id: input.modelId },
        dataset: { id: input.datasetId },
      });
    });
  });
});
