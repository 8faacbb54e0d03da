import { expect } from "chai";
import type { Answer } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, job, penguins, quick, start, tryStart } from "./support.js";

const rowsOf = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join("\n");

describe("training: what is refused, what fails, what is the same again", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let datasetId: string;
  before(async () => {
    world = await World.start({ trainingProcesses: 2 });
    tenant = await world.tenant("trains");
    other = await world.tenant("others");
    datasetId = await createDataset(tenant.owner);
  });
  after(() => world.stop());

  const nothingQueued = async (): Promise<void> => {
    const { trainingJobs } = await other.owner.get("{ trainingJobs { totalCount } }");
    expect(trainingJobs.totalCount).to.equal(0);
  };

  const sentence = ({ errors }: Answer): string => errors?.[0]?.message ?? "";

  it("refuses unknown and foreign models and datasets alike", async () => {
    const modelId = await createModel(tenant.owner);
    const foreign = await createModel(other.owner);
    expect(await tryStart(tenant.owner, { modelId: foreign, datasetId })).to.failWith("NOT_FOUND");
    expect(await tryStart(tenant.owner, { modelId: "model_x", datasetId })).to.failWith("NOT_FOUND");
    expect(await tryStart(other.owner, { modelId: foreign, datasetId })).to.failWith("NOT_FOUND");
    expect(await tryStart(tenant.owner, { modelId, datasetId: "dataset_x" })).to.failWith("NOT_FOUND");
    await nothingQueued();
  });

  it("refuses a dataset that waits for its file", async () => {
    const modelId = await createModel(other.owner);
    const { createDataset: made } = await other.owner.get(
      'mutation { createDataset(input: { name: "empty", format: CSV }) { dataset { id } } }',
    );
    expect(await tryStart(other.owner, { modelId, datasetId: made.dataset.id })).to.failWith(
      "DATASET_NOT_READY",
    );
    await nothingQueued();
  });

  const misfits: [what: string, model: object, content: string, says: string][] = [
    ["a missing target", { target: "kind" }, "a,b\n1,2\n3,4\n", 'no column "kind"'],
    ["a missing feature", { target: "b", features: ["a", "c"] }, "a,b\n1,2\n3,4\n", 'no column "c"'],
    [
      "the default target as a feature",
      { target: null, features: ["a", "b"] },
      "a,b\n1,2\n3,4\n",
      "both the target",
    ],
    ["a regression on text", { type: "REGRESSION", target: "b" }, "a,b\n1,x\n2,y\n", "not numbers alone"],
    ["one class", { target: "b" }, "a,b\n1,x\n2,x\n3,\n", "only one class"],
    ["no class at all", { target: "b" }, "a,b\n1,\n2,\n", "only one class"],
    ["one fraction as the only class", { target: "b" }, "a,b\n1,0.5\n2,0.5\n", "only one class"],
  ];
  for (const [what, model, content, says] of misfits) {
    it(`refuses ${what} before anything is queued`, async () => {
      const modelId = await createModel(other.owner, model);
      const answer = await tryStart(other.owner, {
        modelId,
        datasetId: await createDataset(other.owner, content),
      });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(sentence(answer)).to.include(says);
      await nothingQueued();
    });
  }

  const layers = Array.from({ length: 4 }, () => ({ units: 2_048 }));
  const rows = rowsOf(40, (row) => `${row},${row % 2 ? "x" : "y"}`);
  const hopeless: [
    what: string,
    path: string,
    input: object,
    content: string,
    says: string,
    more?: object,
  ][] = [
    ["a network over the limit", "modelId", { architecture: { layers } }, `a,b\n${rows}\n`, "parameters"],
    [
      "a number where a text is to be read",
      "modelId",
      { type: "TEXT_CLASSIFICATION" },
      `a,b\n${rows}\n`,
      "a (NUMBER)",
    ],
    [
      "more columns than the text to be read",
      "modelId",
      { type: "SENTIMENT" },
      `a,b,c\n${rowsOf(40, (row) => `text number ${row},${row},${row % 2 ? "pos" : "neg"}`)}\n`,
      "exactly one column of text",
    ],
    [
      "a column without values as the only feature",
      "datasetId",
      {},
      `a,b\n${rows.replaceAll(/\d+,/g, ",")}\n`,
      "without values",
    ],
    ["too few rows", "datasetId", {}, `a,b\n${rowsOf(7, (row) => `${row},${row % 2}`)}\n`, "at least 8"],
    [
      "too few rows with a target",
      "datasetId",
      {},
      `a,b\n${rowsOf(40, (row) => `${row},${row < 8 ? row % 2 : ""}`)}\n`,
      "at least 8",
    ],
    [
      "a validation split that leaves too few rows",
      "datasetId",
      {},
      `a,b\n${rowsOf(16, (row) => `${row},${row % 2}`)}\n`,
      "at least 8",
      { hyperparameters: { validationSplit: 0.5 } },
    ],
    [
      "a weight for a class that no row has",
      "hyperparameters.weightsOfClasses",
      {},
      `a,b\n${rowsOf(40, (row) => `${row},${row % 2 ? "odd" : "even"}`)}\n`,
      'No row has the class "strange". There are: ',
      { hyperparameters: { weightsOfClasses: [{ label: "strange", weight: 2 }] } },
    ],
  ];
  for (const [what, path, model, content, says, more = {}] of hopeless) {
    it(`refuses ${what} before anything is queued, and says where`, async () => {
      const modelId = await createModel(other.owner, { target: null, ...model });
      const made = await createDataset(other.owner, content);
      const answer = await tryStart(other.owner, { modelId, datasetId: made, ...more });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(sentence(answer)).to.include(says);
      expect(answer.errors?.[0]?.extensions?.fields).to.deep.equal([{ path, message: sentence(answer) }]);
      await nothingQueued();
    });
  }

  const outOfRange: [place: string, input: object][] = [
    ["hyperparameters.epochs", { hyperparameters: { epochs: 0 } }],
    ["hyperparameters.epochs", { hyperparameters: { epochs: 1_001 } }],
    ["hyperparameters.batchSize", { hyperparameters: { batchSize: 4_097 } }],
    ["hyperparameters.learningRate", { hyperparameters: { learningRate: 0 } }],
    ["hyperparameters.validationSplit", { hyperparameters: { validationSplit: 0.6 } }],
    ["hyperparameters.earlyStopping.patience", { hyperparameters: { earlyStopping: { patience: 0 } } }],
    ["seed", { seed: -1 }],
  ];
  for (const [place, input] of outOfRange) {
    it(`refuses ${JSON.stringify(input)}`, async () => {
      const modelId = await createModel(other.owner);
      const answer = await tryStart(other.owner, {
        modelId,
        datasetId: await createDataset(other.owner),
        ...input,
      });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", place);
      await nothingQueued();
    });
  }

  it("asks for the right to train", async () => {
    const modelId = await createModel(tenant.owner);
    const viewer = await tenant.person("VIEWER");
    expect(await tryStart(viewer, { modelId, datasetId })).to.failWith("FORBIDDEN");
    const key = await tenant.apiKey(["training:start"]);
    expect(await tryStart(key, { modelId, datasetId, hyperparameters: quick })).to.succeed();
  });

  it("fails a training that only the rows themselves tell to be hopeless, with what to do", async () => {
    // Every fourth row is held out, and all of one class are such rows: no profile says so.
    const content = `a,b\n${rowsOf(40, (row) => `${row},${row % 4 === 3 ? "x" : "y"}`)}\n`;
    const modelId = await createModel(tenant.owner, { target: "b" });
    const jobId = await start(tenant.owner, {
      modelId,
      datasetId: await createDataset(tenant.owner, content),
    });
    const { status, failure, version, finishedAt } = await ended(tenant.owner, jobId);
    expect(status).to.equal("FAILED");
    expect(failure.code).to.equal("TRAINING_DATA_UNUSABLE");
    expect(failure.message).to.match(/one class/);
    expect(version).to.equal(null);
    expect(finishedAt).to.be.a("string");
  });

  it("fails a training whose loss leaves the numbers, and meters the epochs before", async () => {
    const content = `a,b\n${rowsOf(80, (row) => `${row},${row * 1e6}`)}\n`;
    const modelId = await createModel(tenant.owner, {
      type: "REGRESSION",
      target: "b",
      architecture: {
        layers: [
          { units: 32, activation: "LINEAR" },
          { units: 32, activation: "LINEAR" },
        ],
      },
    });
    const hyperparameters = { learningRate: 10, optimizer: "SGD", epochs: 50, batchSize: 4 };
    const jobId = await start(tenant.owner, {
      modelId,
      datasetId: await createDataset(tenant.owner, content),
      hyperparameters,
    });
    const { status, failure } = await ended(tenant.owner, jobId);
    expect(status).to.equal("FAILED");
    expect(failure.code).to.equal("TRAINING_DIVERGED");
  });

  it("gives the same weights for the same seed, and shows the seed that was chosen", async () => {
    const modelId = await createModel(tenant.owner);
    const first = await ended(
      tenant.owner,
      await start(tenant.owner, { modelId, datasetId, seed: null, hyperparameters: quick }),
    );
    expect(first.seed).to.be.within(0, 2 ** 31 - 1);
    const again = { modelId, datasetId, seed: first.seed, hyperparameters: quick };
    const same = await ended(tenant.owner, await start(tenant.owner, again));
    const another = await ended(
      tenant.owner,
      await start(tenant.owner, { ...again, seed: (first.seed + 1) % 1_000 }),
    );
    expect(same.version.sha256).to.equal(first.version.sha256);
    expect(another.version.sha256).to.not.equal(first.version.sha256);
    expect(new Set([first, same, another].map(({ version }) => version.number)).size).to.equal(3);
  });

  it("trains what the model was when the training was started", async () => {
    const modelId = await createModel(tenant.owner, { features: ["bill_length_mm", "island"] });
    const jobId = await start(tenant.owner, {
      modelId,
      datasetId,
      hyperparameters: { ...quick, epochs: 60 },
    });
    await tenant.owner.get(
      "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }",
      { input: { id: modelId, target: "sex", features: ["body_mass_g"], architecture: { layers: [] } } },
    );
    await ended(tenant.owner, jobId);
    const { trainingJob } = await tenant.owner.get(
      "query ($id: ID!) { trainingJob(id: $id) { version { signature { inputs { column } output { column } } } } }",
      { id: jobId },
    );
    expect(trainingJob.version.signature).to.deep.equal({
      inputs: [{ column: "bill_length_mm" }, { column: "island" }],
      output: { column: "species" },
    });
  });

  it("lists jobs by model, dataset and status", async () => {
    const modelId = await createModel(tenant.owner);
    const mine = await createDataset(tenant.owner, penguins, "mine");
    const ids = [];
    for (let count = 0; count < 3; count++)
      ids.push(await start(tenant.owner, { modelId, datasetId: mine, hyperparameters: quick }));
    for (const id of ids) await ended(tenant.owner, id);
    const list = async (filter: object) =>
      (
        await tenant.owner.get(
          "query ($filter: TrainingJobFilter) { trainingJobs(filter: $filter) { nodes { id status model { id } dataset { name } } } }",
          { filter },
        )
      ).trainingJobs.nodes;
    expect((await list({ modelId })).map(({ id }: { id: string }) => id)).to.deep.equal(ids.toReversed());
    expect(await list({ datasetId: mine, statuses: ["SUCCEEDED"] })).to.have.length(3);
    expect(await list({ datasetId: mine, statuses: ["QUEUED", "FAILED"] })).to.deep.equal([]);
    expect(await list({ modelId: "model_x" })).to.deep.equal([]);
    const [newest] = await list({ modelId });
    expect(newest).to.deep.include({ model: { id: modelId }, dataset: { name: "mine" } });
    const { node } = await tenant.owner.get(
      "query ($id: ID!) { node(id: $id) { ... on TrainingJob { status } } }",
      {
        id: ids[0],
      },
    );
    expect(node.status).to.equal("SUCCEEDED");
    expect(await other.owner.get("query ($id: ID!) { node(id: $id) { id } }", { id: ids[0] })).to.deep.equal({
      node: null,
    });
    expect(await job(other.owner, ids[0] ?? "")).to.equal(null);
  });
});
