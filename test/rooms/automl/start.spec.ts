import { expect } from "chai";
import type { Answer } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  follow as followTraining,
  long,
  start as startTraining,
} from "../training/support.js";
import { cancel, ended, runOf, smallSubject, start, type Subject, tryStart } from "./support.js";

const texts = [
  "text,label",
  ...Array.from({ length: 40 }, (_, row) => `some words ${row % 7} here,${row % 2}`),
].join("\n");

describe("automl: what is refused, and what fails", function () {
  this.timeout(120_000);
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let input: Subject;
  before(async () => {
    world = await World.start({ trainingProcesses: 2 });
    tenant = await world.tenant("wishes");
    other = await world.tenant("others");
    input = await smallSubject(tenant.owner);
  });
  after(() => world.stop());

  const sentence = ({ errors }: Answer): string => errors?.[0]?.message ?? "";
  const refused = async (more: object, says: string): Promise<void> => {
    const answer = await tryStart(tenant.owner, { ...input, ...more });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(JSON.stringify(answer.errors)).to.include(says);
  };
  const runs = async ({ owner }: TenantOfWorld): Promise<number> =>
    (await owner.get("{ automlRuns { totalCount } }")).automlRuns.totalCount;

  it("refuses limits out of bounds, with the place", async () => {
    await refused({ trialLimit: 0 }, "trialLimit");
    await refused({ trialLimit: 65 }, "trialLimit");
    await refused({ timeLimitSeconds: 9 }, "timeLimitSeconds");
    await refused({ timeLimitSeconds: 7_201 }, "timeLimitSeconds");
    await refused({ seed: -1 }, "seed");
    await refused({ algorithms: [] }, "algorithms");
    expect(await runs(tenant)).to.equal(0);
  });

  it("refuses a metric that does not measure the type", async () => {
    await refused({ metric: "R2" }, "R2 does not measure a model of type CLASSIFICATION");
  });

  it("refuses algorithms that the data does not suit, and says which it does", async () => {
    await refused(
      { algorithms: ["DENSE", "SEQUENCE"] },
      "SEQUENCE does not suit this data, which allows LINEAR, TREES, DENSE",
    );
  });

  it("refuses too few rows to train on some and measure on others", async () => {
    const content = [
      "a,kind",
      ...Array.from({ length: 12 }, (_, row) => `${row},${row % 2 ? "x" : "y"}`),
    ].join("\n");
    const datasetId = await createDataset(tenant.owner, content);
    const modelId = await createModel(tenant.owner, { target: "kind" });
    await refused({ modelId, datasetId, split: null }, "needs 13 at the least");
    const byTime = { kind: "TIME", column: "a" };
    await refused({ modelId, datasetId, split: byTime }, "needs 20 at the least");
  });

  it("refuses a dataset without the model's columns", async () => {
    await refused({ datasetId: await createDataset(tenant.owner, texts) }, 'no column \\"kind\\"');
  });

  it("refuses the splits that a training refuses, and groups too few to take turns, with the place", async () => {
    const place = async (split: object): Promise<string> => {
      const answer = await tryStart(tenant.owner, { ...input, split });
      expect(answer).to.failWith("BAD_USER_INPUT");
      const fields = answer.errors?.[0]?.extensions?.["fields"] as { path: string }[] | undefined;
      return fields?.[0]?.path ?? "";
    };
    expect(await place({ kind: "TIME" })).to.equal("split.column");
    expect(await place({ kind: "TIME", column: "site" })).to.equal("split.column");
    expect(await place({ kind: "GROUP", column: "nowhere" })).to.equal("split.column");
    expect(await place({ kind: "GROUP", column: "kind" })).to.equal("split.column");
    expect(await place({ kind: "RANDOM", column: "site" })).to.equal("split.column");
    expect(await place({ kind: "RANDOM", testFraction: 2 })).to.equal("split.testFraction");
    const rows = Array.from({ length: 40 }, (_, row) => `site ${row % 2},${row},1,${row % 3 ? "x" : "y"}`);
    const datasetId = await createDataset(tenant.owner, ["site,size,weight,kind", ...rows].join("\n"));
    await refused({ datasetId }, "A search needs 3 groups");
  });

  it("chooses the metric and the algorithms by the data, and shows them", async () => {
    const modelId = await createModel(tenant.owner, {
      type: "TEXT_CLASSIFICATION",
      target: "label",
      features: ["text"],
    });
    const datasetId = await createDataset(tenant.owner, texts);
    const split = { kind: "STRATIFIED", testFraction: 0.5 };
    const answer = await tryStart(tenant.owner, { modelId, datasetId, split });
    const { automlRun } = answer.data.startAutoml;
    expect(automlRun.algorithms).to.deep.equal(["LINEAR", "DENSE", "CONVOLUTION", "SEQUENCE"]);
    expect(automlRun).to.include({
      metric: "ACCURACY",
      trialLimit: 16,
      timeLimitSeconds: 600,
      status: "QUEUED",
    });
    expect(automlRun.seed).to.be.at.least(0);
    const { split: shown } = await runOf(tenant.owner, automlRun.id);
    expect(shown).to.deep.equal({ ...split, column: null, seed: automlRun.seed });
    expect(await cancel(tenant.owner, automlRun.id)).to.succeed();
  });

  it("names each algorithm once, in the order of the graph", async () => {
    const { data } = await tryStart(tenant.owner, { ...input, algorithms: ["DENSE", "LINEAR", "DENSE"] });
    expect(data.startAutoml.automlRun.algorithms).to.deep.equal(["LINEAR", "DENSE"]);
    await cancel(tenant.owner, data.startAutoml.automlRun.id);
  });

  it("refuses unknown and foreign models, datasets and runs alike", async () => {
    const foreign = await smallSubject(other.owner);
    for (const wrong of [
      { modelId: foreign.modelId },
      { modelId: "model_x" },
      { datasetId: foreign.datasetId },
    ])
      expect(await tryStart(tenant.owner, { ...input, ...wrong })).to.failWith("NOT_FOUND");
    const before = await runs(other);
    const runId = await start(other.owner, { ...foreign, trialLimit: 1 });
    expect(await runOf(tenant.owner, runId)).to.equal(null);
    expect(await cancel(tenant.owner, runId)).to.failWith("NOT_FOUND");
    expect(await runs(other)).to.equal(before + 1);
    expect(await cancel(other.owner, runId)).to.succeed();
  });

  it("is for those who may train: a viewer reads and starts nothing", async () => {
    const viewer = await tenant.person("VIEWER");
    expect(await tryStart(viewer, input)).to.failWith("FORBIDDEN");
    expect(await viewer.send("{ automlRuns { nodes { id status } } }")).to.succeed();
    const key = await tenant.apiKey(["training:read"]);
    expect(await key.send("{ automlRuns { nodes { model { id } } } }")).to.failWith("FORBIDDEN");
  });

  it("keeps the dataset from being deleted while it is needed", async () => {
    const runId = await start(tenant.owner, input);
    const remove = "mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id } } }";
    expect(await tenant.owner.send(remove, { id: input.datasetId })).to.failWith("DATASET_IN_USE");
    await cancel(tenant.owner, runId);
  });

  const failed = async (subject: object): Promise<{ message: string }> => {
    const run = await ended(tenant.owner, await start(tenant.owner, { trialLimit: 2, ...subject }));
    expect(run).to.include({ status: "FAILED", version: null, winner: null, trainedMs: 0 });
    expect(run.failure).to.include({ code: "TRAINING_DATA_UNUSABLE", cause: "BAD_DATA" });
    for (const trial of run.trials.nodes)
      expect(trial).to.include({ status: "WAITING", score: null, failure: null });
    return run.failure;
  };

  it("fails before any trial, with the reason, where none could be trained", async () => {
    // Only a test row has another class: what that does to a training shows in the rows alone.
    const rows = Array.from({ length: 40 }, (_, row) => `${row},${row === 3 ? "odd" : "even"}`);
    const datasetId = await createDataset(tenant.owner, ["a,kind", ...rows].join("\n"));
    const modelId = await createModel(tenant.owner, { target: "kind" });
    expect((await failed({ modelId, datasetId })).message).to.include("has one class in the training rows");
    // Two of the three sites are held out, which nobody knows before the rows are read.
    const split = { ...input.split, testFraction: 0.66 };
    expect((await failed({ ...input, split })).message).to.match(/are one group.*Hold out a smaller part/);
  });

  it("counts as one of the plan's trainings: it waits for a training of its tenant, not for another's", async () => {
    const starter = await world.tenant("starter", "STARTER");
    const theirs = await smallSubject(starter.owner);
    const jobId = await startTraining(starter.owner, { ...theirs, hyperparameters: long });
    await followTraining(starter.owner, jobId, ({ epoch }) => epoch >= 1);
    const waiting = await start(starter.owner, { ...theirs, trialLimit: 1 });
    const small = { ...input, trialLimit: 1, algorithms: ["DENSE"] };
    expect((await ended(tenant.owner, await start(tenant.owner, small))).status).to.equal("SUCCEEDED");
    expect((await runOf(starter.owner, waiting)).status).to.equal("QUEUED");
    await starter.owner.get(
      "mutation ($id: ID!) { cancelTraining(input: { jobId: $id }) { trainingJob { id } } }",
      {
        id: jobId,
      },
    );
    expect((await ended(starter.owner, waiting)).status).to.equal("SUCCEEDED");
    expect(sentence(await cancel(starter.owner, waiting))).to.equal("This search is SUCCEEDED already.");
  });
});
