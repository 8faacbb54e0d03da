import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, deploy, ended, predict, start, tryStart } from "./support.js";

const versionQuery = `query ($id: ID!) { model(id: $id) { versions { nodes { engine
  metrics { accuracy confusion } signature { inputs { column kind } } } } } }`;

async function sms(client: Client): Promise<string> {
  const content = readFileSync("test/data/sms-spam.tsv", "utf8");
  const { createDataset: made } = await client.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
    { input: { name: "sms", format: "TSV", header: false, content } },
  );
  return made.dataset.id;
}

/** The same words in another order: no bag of words can tell the kinds apart. */
const orders = `note,who\n${Array.from({ length: 160 }, (_, row) => {
  const dog = (row * 7 + Math.floor(row / 4)) % 2 === 0;
  return `${dog ? "the dog bites the man" : "the man bites the dog"} at ${row % 9},${dog ? "dog" : "man"}`;
}).join("\n")}\n`;

const presets = {
  CNN_1D: { preset: "CNN_1D", parameters: { depth: 1, filters: 8, kernelSize: 3, dimensions: 8, units: 8 } },
  LSTM: { preset: "LSTM", parameters: { units: 8, dimensions: 8 } },
  GRU: { preset: "GRU", parameters: { units: 8, dimensions: 8 } },
  TRANSFORMER: { preset: "TRANSFORMER", parameters: { depth: 1, heads: 2, dimensions: 8, units: 16 } },
  "layers of one's own": {
    layers: [
      { type: "EMBEDDING", dimensions: 8 },
      { type: "CONV1D", filters: 8 },
      { type: "GLOBAL_MAX_POOLING" },
    ],
  },
  "layers over characters": {
    layers: [
      { type: "EMBEDDING", dimensions: 8, tokens: "CHARACTER" },
      { type: "CONV1D", filters: 16, kernelSize: 7 },
      { type: "MAX_POOLING1D", poolSize: 4 },
      { type: "FLATTEN" },
    ],
  },
};

describe("training: texts word by word", function () {
  this.timeout(90_000);
  let world: World;
  let tenant: TenantOfWorld;
  let notes: string;
  let messages: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("word-by-word");
    notes = await createDataset(tenant.owner, orders, "orders");
    messages = await sms(tenant.owner);
  });
  after(() => world.stop());

  const model = (architecture: object, input: object = {}) =>
    createModel(tenant.owner, { type: "TEXT_CLASSIFICATION", target: "who", architecture, ...input });
  const versionOf = async (id: string) => {
    const answer = await tenant.owner.get(versionQuery, { id });
    return answer.model.versions.nodes[0];
  };

  for (const [name, architecture] of Object.entries(presets))
    it(`${name}: from createModel to predict, by onnxruntime`, async () => {
      const modelId = await model(architecture);
      const hyperparameters = { epochs: 25, batchSize: 16, learningRate: 0.01 };
      const { failure } = await ended(
        tenant.owner,
        await start(tenant.owner, { modelId, datasetId: notes, hyperparameters }),
      );
      expect(failure).to.equal(null);
      await deploy(tenant.owner, modelId);
      const { metrics, signature } = await versionOf(modelId);
      expect(metrics.accuracy).to.be.at.least(0.95);
      expect(signature.inputs).to.deep.equal([{ column: "note", kind: "TEXT" }]);
      const texts = ["the dog bites the man at 3", "the man bites the dog at 3", "", "😀", null];
      const sent = texts.map((note) => ({ note }));
      const { data } = await predict(tenant.owner, modelId, sent);
      const { predictions, engine } = data.predict;
      expect(engine).to.equal("ONNXRUNTIME");
      expect(predictions.slice(0, 2).map(({ label }: { label: string }) => label)).to.deep.equal([
        "dog",
        "man",
      ]);
      for (const [place, row] of sent.entries()) {
        const alone = await predict(tenant.owner, modelId, [row]);
        expect(alone.data.predict.predictions[0]).to.deep.equal(predictions[place]);
      }
    });

  const readers = {
    "an LSTM with default settings": [{ preset: "LSTM" }, {}],
    "a small transformer": [
      { preset: "TRANSFORMER", parameters: { depth: 1, heads: 2, dimensions: 32, units: 64 } },
      { epochs: 6, batchSize: 64, learningRate: 0.001 },
    ],
  };
  for (const [name, [architecture = {}, hyperparameters = {}]] of Object.entries(readers))
    it(`${name} tells spam from ham`, async () => {
      const modelId = await model(architecture, { target: "c0" });
      const settings = { modelId, datasetId: messages, seed: 1, hyperparameters };
      const { failure } = await ended(tenant.owner, await start(tenant.owner, settings));
      expect(failure).to.equal(null);
      const { metrics } = await versionOf(modelId);
      expect(metrics.accuracy).to.be.at.least(0.975);
      const [[, wrong = 0] = [], [missed = 0, hits = 0] = []] = metrics.confusion as number[][];
      expect((2 * hits) / (2 * hits + wrong + missed)).to.be.at.least(0.9);
      await deploy(tenant.owner, modelId);
      const texts = ["WINNER!! Claim your free £1000 prize, call 09061701461 now", "see you at lunch then"];
      const sent = texts.map((c1) => ({ c1 }));
      const { data } = await predict(tenant.owner, modelId, sent);
      const labels = data.predict.predictions.map(({ label }: { label: string }) => label);
      expect(labels).to.deep.equal(["spam", "ham"]);
    });

  it("exports the network in every format", async () => {
    const modelId = await model(presets["layers of one's own"]);
    const hyperparameters = { epochs: 1 };
    await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId: notes, hyperparameters }));
    const tryExport = (format: string) =>
      tenant.owner.send("mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }", {
        input: { modelId, version: "1.0.0", format },
      });
    for (const format of ["ONNX", "TFJS", "SAFETENSORS"])
      expect((await tryExport(format)).data.exportVersion.url).to.match(/downloads/);
  });

  it("refuses an EMBEDDING over numbers before the queue", async () => {
    const penguins = await createDataset(tenant.owner);
    const modelId = await createModel(tenant.owner, { architecture: presets["layers of one's own"] });
    const answer = await tryStart(tenant.owner, { modelId, datasetId: penguins });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "modelId");
    expect(answer.errors?.[0]?.message).to.match(/exactly one TEXT column.* island \(CATEGORY\)/);
  });
});
