import { expect } from "chai";
import { unzipSync } from "fflate";
import { Tensor } from "onnxruntime-node";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  follow,
  missHeartbeats,
  OtherProcess,
  penguin,
  predict,
  start,
  tryCreateModel,
  tryStart,
} from "./support.js";
import { openOnnx } from "../../support/onnx.js";

const measurements = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];
const clusterModel = { type: "CLUSTERING", target: null, features: measurements };

const versionQuery = `query ($id: ID!) { model(id: $id) { type target versions { nodes {
  number engine modelCard hyperparameters { epochs optimizer clustering { algorithm clusters mostClusters } }
  signature { inputs { column } ignored output { column type classes } }
  evaluation { rows resamples intervals { value } classes { label } calibration { brierScore } }
  metrics { accuracy loss rows silhouette daviesBouldin inertia logLikelihood
    clusters { label trainingRows rows }
    candidates { clusters silhouette bic inertia logLikelihood chosen } } } } } }`;

interface Candidate {
  clusters: number;
  silhouette: number | null;
  bic: number;
  chosen: boolean;
}

const placesOf = ({ errors }: Answer): string[] =>
  (errors?.[0]?.extensions?.fields as { path: string }[] | undefined)?.map(({ path }) => path) ?? [];

/** The address of a version's files in a format. */
async function exported(client: Client, modelId: string, format: string): Promise<Uint8Array> {
  const { exportVersion } = await client.get(
    "mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }",
    { input: { modelId, version: "1.0.0", format } },
  );
  return new Uint8Array(await (await fetch(exportVersion.url)).arrayBuffer());
}

describe("training: clusters", function () {
  this.timeout(60_000);
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("clusters");
    datasetId = await createDataset(tenant.owner);
  });
  after(() => world.stop());

  /** A deployed clustering of the penguins' measurements. */
  async function clustered(clustering?: object): Promise<string> {
    const modelId = await createModel(tenant.owner, clusterModel);
    const hyperparameters = clustering && { clustering };
    const jobId = await start(tenant.owner, { modelId, datasetId, hyperparameters });
    const { status, failure } = await ended(tenant.owner, jobId);
    expect(failure).to.equal(null);
    expect(status).to.equal("SUCCEEDED");
    await deploy(tenant.owner, modelId);
    return modelId;
  }
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
  const versionOf = async (modelId: string): Promise<any> =>
    (await tenant.owner.get(versionQuery, { id: modelId })).model.versions.nodes[0];

  it("a mixture is trained, chosen by its criterion, deployed and asked", async () => {
    const modelId = await clustered({ algorithm: "GAUSSIAN_MIXTURE" });
    const version = await versionOf(modelId);
    expect(version.engine).to.equal("ONNXRUNTIME");
    expect(version.signature).to.deep.equal({
      inputs: measurements.map((column) => ({ column })),
      ignored: ["species", "island", "sex"],
      output: { column: "cluster", type: "CLUSTERING", classes: ["1", "2", "3"] },
    });
    expect(version.hyperparameters).to.deep.equal({
      epochs: null,
      optimizer: null,
      clustering: { algorithm: "GAUSSIAN_MIXTURE", clusters: null, mostClusters: 10 },
    });
    const { metrics, evaluation } = version;
    expect(metrics).to.include({ accuracy: null, rows: 86 });
    expect(metrics.loss).to.equal(-metrics.logLikelihood);
    expect(metrics.silhouette).to.be.within(0.4, 0.6);
    const candidates: Candidate[] = metrics.candidates;
    expect(candidates.map(({ clusters }) => clusters)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const least = Math.min(...candidates.map(({ bic }) => bic));
    expect(candidates.find(({ chosen }) => chosen)).to.include({ clusters: 3, bic: least });
    expect(evaluation).to.deep.equal({
      rows: 86,
      resamples: 0,
      intervals: [],
      classes: null,
      calibration: null,
    });
    const { data } = await predict(tenant.owner, modelId, [penguin, { ...penguin, species: "?" }, {}]);
    expect(data.predict.engine).to.equal("ONNXRUNTIME");
    const [one, same, unknown] = data.predict.predictions;
    expect(one).to.deep.equal(same);
    expect(one.value).to.equal(null);
    expect(one.confidence).to.be.within(0.9, 1);
    expect(one.probabilities.map(({ label }: { label: string }) => label)).to.have.members(["1", "2", "3"]);
    expect(unknown.label).to.match(/^[123]$/);
  });

  it("the model card tells the clusters and the numbers that were tried", async () => {
    const { modelCard } = await versionOf(await clustered());
    expect(modelCard).to.match(/\nA clustering, trained on /);
    expect(modelCard).to.include("## Clusters\n\n| Cluster | Rows learnt from | Held-out rows |");
    expect(modelCard).to.match(/\| 2 \(chosen\) \| 0\.5\d+ \|/);
    expect(modelCard).to.include("algorithm k\\_means");
    expect(modelCard).to.not.include("undefined");
    expect(modelCard).to.not.include("[object");
  });

  for (const algorithm of ["K_MEANS", "GAUSSIAN_MIXTURE"])
    it(`${algorithm} is exported as ONNX that onnxruntime runs, as TF.js and as safetensors`, async () => {
      const modelId = await clustered({ algorithm, clusters: 4 });
      const session = await openOnnx(await exported(tenant.owner, modelId, "ONNX"));
      const [input] = session.inputMetadata;
      const width = input?.isTensor ? Number(input.shape[1]) : 0;
      const features = new Tensor("float32", new Float32Array(width), [1, width]);
      const { scores } = await session.run({ features });
      expect(scores?.dims).to.deep.equal([1, 4]);
      await session.release();
      const tfjs = unzipSync(await exported(tenant.owner, modelId, "TFJS"));
      expect(Object.keys(tfjs)).to.include("model.json");
      const python = unzipSync(await exported(tenant.owner, modelId, "SAFETENSORS"));
      expect(Object.keys(python)).to.include("model.py");
    });

  it("progress goes to its end, with losses that are numbers", async () => {
    const modelId = await createModel(tenant.owner, clusterModel);
    const jobId = await start(tenant.owner, { modelId, datasetId });
    const states = await follow(tenant.owner, jobId);
    const last = states.at(-1);
    expect(last).to.include({ status: "SUCCEEDED", epoch: 72, epochs: 72, accuracy: null });
    const losses = states.map(({ loss }) => loss).filter((loss) => loss !== null);
    for (const loss of losses) expect(loss).to.be.greaterThan(0);
    expect(states.every(({ epoch, epochs }) => epoch <= epochs)).to.equal(true);
  });

  it("versions can't be measured against each other, and are told apart", async () => {
    const modelId = await clustered({ clusters: 3 });
    const hyperparameters = { clustering: { clusters: 5 } };
    await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, hyperparameters }));
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { versions { nodes { number changes { name before after } } } } }",
      { id: modelId },
    );
    const [newest] = model.versions.nodes;
    const changed = newest.changes.find(({ name }: { name: string }) => name === "clustering");
    expect(
      [changed.before, changed.after].map((words: string) => /clusters (\d)/.exec(words)?.[1]),
    ).to.deep.equal(["3", "5"]);
    const answer = await tenant.owner.send(
      "mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { rows } } }",
      { input: { modelId, versions: ["1.0.0", newest.number] } },
    );
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(placesOf(answer)).to.deep.equal(["versions"]);
  });

  const models: [name: string, input: object, path: string][] = [
    ["a target", { target: "species" }, "target"],
    ["an architecture", { target: null, architecture: { layers: [{ units: 4 }] } }, "architecture"],
  ];
  for (const [name, input, path] of models)
    it(`refuses ${name}`, async () => {
      const answer = await tryCreateModel(tenant.owner, { name, type: "CLUSTERING", ...input });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(placesOf(answer)).to.deep.equal([path]);
    });

  it("refuses a target that is given later", async () => {
    const id = await createModel(tenant.owner, clusterModel);
    const answer = await tenant.owner.send(
      "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }",
      { input: { id, target: "species" } },
    );
    expect(placesOf(answer)).to.deep.equal(["target"]);
  });

  const trainings: [name: string, hyperparameters: object, paths: string[]][] = [
    ["epochs", { epochs: 5, optimizer: "SGD" }, ["epochs", "optimizer"]],
    ["one cluster", { clustering: { clusters: 1 } }, ["clustering.clusters"]],
    ["too many to try", { clustering: { mostClusters: 31 } }, ["clustering.mostClusters"]],
    ["two numbers", { clustering: { clusters: 3, mostClusters: 5 } }, ["clustering.mostClusters"]],
  ];
  for (const [name, hyperparameters, paths] of trainings)
    it(`refuses ${name} before a job is queued`, async () => {
      const modelId = await createModel(tenant.owner, clusterModel);
      const answer = await tryStart(tenant.owner, { modelId, datasetId, hyperparameters });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(placesOf(answer)).to.deep.equal(paths.map((path) => `hyperparameters.${path}`));
    });

  it("refuses clusters for a model that predicts a column", async () => {
    const modelId = await createModel(tenant.owner);
    const hyperparameters = { clustering: { clusters: 3 } };
    const answer = await tryStart(tenant.owner, { modelId, datasetId, hyperparameters });
    expect(placesOf(answer)).to.deep.equal(["hyperparameters.clustering"]);
  });

  it("refuses more clusters than rows, and a dataset without a feature of the model", async () => {
    const table = `bill_length_mm\n${Array.from({ length: 40 }, (_, row) => row).join("\n")}\n`;
    const small = await createDataset(tenant.owner, table, "small");
    const one = await createModel(tenant.owner, { ...clusterModel, features: ["bill_length_mm"] });
    const hyperparameters = { clustering: { clusters: 31 } };
    const many = await tryStart(tenant.owner, { modelId: one, datasetId: small, hyperparameters });
    expect(placesOf(many)).to.deep.equal(["hyperparameters.clustering.clusters"]);
    const four = await createModel(tenant.owner, clusterModel);
    expect(placesOf(await tryStart(tenant.owner, { modelId: four, datasetId: small }))).to.deep.equal([
      "modelId",
    ]);
  });

  it("tells what is wrong with rows that are too much alike", async () => {
    const table = `a,b\n${Array.from({ length: 60 }, (_, row) => `${row % 3},7`).join("\n")}\n`;
    const alike = await createDataset(tenant.owner, table, "alike");
    const modelId = await createModel(tenant.owner, { type: "CLUSTERING", target: null });
    const hyperparameters = { clustering: { clusters: 5 } };
    const jobId = await start(tenant.owner, { modelId, datasetId: alike, hyperparameters });
    const { status, failure } = await ended(tenant.owner, jobId);
    expect(status).to.equal("FAILED");
    expect(failure.code).to.equal("TRAINING_DATA_UNUSABLE");
    expect(failure.message).to.match(/only 3 different rows, fewer than 5 clusters/);
  });
});

describe("training: clusters on workers that die", function () {
  this.timeout(90_000);
  let world: World;
  const workers: OtherProcess[] = [];
  before(async () => {
    world = await World.start({ role: "api" });
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
    await world.stop();
  });
  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };

  it("another worker finds the same clusters when one is killed", async () => {
    const tenant = await world.tenant("dying");
    // So many restarts that the worker can be killed among them.
    const hyperparameters = { clustering: { mostClusters: 30 } };
    const datasetId = await createDataset(tenant.owner);
    const modelId = await createModel(tenant.owner, clusterModel);
    const startOne = () => start(tenant.owner, { modelId, datasetId, seed: 3, hyperparameters });
    const first = hire();
    const undisturbed = await ended(tenant.owner, await startOne());
    const jobId = await startOne();
    await follow(tenant.owner, jobId, ({ epoch }) => epoch >= 40);
    await first.end("SIGKILL");
    await missHeartbeats(world);
    hire();
    const { status, version, progress } = await ended(tenant.owner, jobId);
    expect(status).to.equal("SUCCEEDED");
    expect(version.sha256).to.equal(undisturbed.version.sha256);
    expect(progress.epoch).to.equal(undisturbed.progress.epoch);
  });
});
