import { expect } from "chai";
import { OnnxGraph } from "../../../src/rooms/learning/exchange/onnx-graph.js";
import type { Answer } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  predict,
  quick,
  start,
  tryStart,
} from "../training/support.js";
import { png, zip } from "../datasets/images/support.js";
import { create, put } from "../datasets/support.js";
import { batchEnded, resultOf, startBatch, tryStart as tryStartBatch } from "./batch/support.js";

/** [2 · a + b, a − b, b]. */
function sums(): Uint8Array {
  const graph = new OnnxGraph({ name: "x", shape: [2] });
  const kernel = graph.weight("kernel", [2, 3], Float32Array.of(2, 1, 0, 1, -1, 1));
  return graph.encode({ value: graph.node("MatMul", ["x", kernel]), name: "y", width: 3 }, {});
}

/** A dense layer as TF.js writes it. */
const threeOfTwo = {
  modelTopology: {
    class_name: "Sequential",
    config: {
      layers: [
        {
          class_name: "Dense",
          config: { name: "d", units: 3, activation: "softmax", batch_input_shape: [null, 2] },
        },
      ],
    },
  },
  weightsManifest: [
    {
      paths: ["w.bin"],
      weights: [
        { name: "d/kernel", shape: [2, 3], dtype: "float32" },
        { name: "d/bias", shape: [3], dtype: "float32" },
      ],
    },
  ],
  weights: Buffer.from(Float32Array.from({ length: 9 }, (_, at) => at / 10).buffer),
};

/** [10 · mean − 5, 5 − 10 · mean] of an image's brightness. */
function brightness(): Uint8Array {
  const graph = new OnnxGraph({ name: "x", shape: [1, 8, 8] });
  const mean = graph.node("ReduceMean", ["x"], { axes: [2, 3], keepdims: 0 });
  const kernel = graph.weight("kernel", [1, 2], Float32Array.of(10, -10));
  const bias = graph.weight("bias", [2], Float32Array.of(-5, 5));
  const value = graph.node("Gemm", [mean, kernel, bias]);
  return graph.encode({ value, name: "y", width: 2 }, {});
}

const brightAndDark = (count: number): Record<string, Buffer> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `${at % 2 ? "bright" : "dark"}/${at}.png`,
      png(8, 8, (x, y) => [(at % 2) * 180 + ((x * 5 + y * 3 + at) % 60)]),
    ]),
  );

const csv = (rows: (number | string)[][]): string =>
  ["a,b,kind", ...rows.map((row) => row.join(","))].join("\n");
const kinds = ["up", "down", "charm"];
const full = csv(Array.from({ length: 200 }, (_, at) => [at % 7, at % 5, kinds[at % 3] ?? ""]));

const message = ({ errors }: Answer): string => errors?.[0]?.message ?? "";
const places = ({ errors }: Answer): (string | undefined)[] | undefined =>
  (errors?.[0]?.extensions as { fields?: { path: string }[] } | undefined)?.fields?.map(({ path }) => path);

describe("serving: versions that were imported", function () {
  this.timeout(60_000);
  let world: World;
  let tenant: TenantOfWorld;
  let custom: string;
  let datasetId: string;

  async function imported(modelId: string, more: object = {}, body = sums()): Promise<string> {
    const { importModel } = await tenant.owner.get(
      "mutation ($input: ImportModelInput!) { importModel(input: $input) { uploadUrl } }",
      { input: { modelId, format: "ONNX", inputs: ["a", "b"], ...more } },
    );
    const url = new URL(new URL(importModel.uploadUrl).pathname, world.url);
    const response = await fetch(url, { method: "PUT", body: Buffer.from(body) });
    const { version } = (await response.json()) as { version: { number: string } };
    return version.number;
  }

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("takers");
    custom = await createModel(tenant.owner, { type: "CUSTOM", target: undefined });
    await imported(custom);
    await deploy(tenant.owner, custom);
    datasetId = await createDataset(tenant.owner, full, "full");
  });
  after(() => world.stop());

  const explain = (input: object): Promise<Answer> =>
    tenant.owner.send(
      `mutation ($input: ExplainPredictionInput!) { explainPrediction(input: $input) {
        label baseline output baselineOutput attributions { column value } } }`,
      { input: { modelId: custom, row: { a: 1, b: 2 }, ...input } },
    );
  const compare = (input: object): Promise<Answer> =>
    tenant.owner.send(
      `mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison {
        rows predictions secondMetrics { accuracy } } } }`,
      { input },
    );

  it("have every output in a batch's result", async () => {
    const id = await startBatch(tenant.owner, { modelId: custom, datasetId });
    expect(await batchEnded(tenant.owner, id)).to.have.property("status", "SUCCEEDED");
    const lines = (await resultOf(tenant.owner, id)).split("\r\n");
    expect(lines[0]).to.equal("a,b,kind,output 1,output 2,output 3");
    expect(lines[4]).to.equal("3,3,up,9,0,3");
  });

  it("refuse a dataset without a number where they need one before work starts, and say which column", async () => {
    const gaps = await createDataset(
      tenant.owner,
      csv([
        [1, 2, "up"],
        [2, "", "down"],
        [3, 4, "up"],
      ]),
      "gaps",
    );
    const answer = await tryStartBatch(tenant.owner, { modelId: custom, datasetId: gaps });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(places(answer)).to.deep.equal(["datasetId"]);
    expect(message(answer)).to.contain('"b" is empty in 1 rows').and.contain("imported");
  });

  it("name the row whose answer is no number, in a request and in a dataset", async () => {
    const answer = await predict(tenant.owner, custom, [
      { a: 1, b: 1 },
      { a: 3e38, b: 3e38 },
    ]);
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(places(answer)).to.deep.equal(["rows.1"]);
    expect(await explain({ row: { a: 3e38, b: 3e38 }, label: "1" })).to.failWith("BAD_USER_INPUT");
    const rows = Array.from({ length: 150 }, (_, at) => (at === 130 ? [3e38, 3e38, "up"] : [1, 2, "up"]));
    const huge = await createDataset(tenant.owner, csv(rows), "huge");
    const batch = await batchEnded(
      tenant.owner,
      await startBatch(tenant.owner, { modelId: custom, datasetId: huge }),
    );
    expect([batch.status, batch.failure.code]).to.deep.equal(["FAILED", "BAD_USER_INPUT"]);
    expect(batch.failure.message).to.contain("rows.130: ");
  });

  it("are explained from zero, one output at a time", async () => {
    const unnamed = await explain({});
    expect(unnamed).to.failWith("BAD_USER_INPUT");
    expect(message(unnamed)).to.contain("3 outputs");
    expect(await explain({ label: "4" })).to.failWith("BAD_USER_INPUT");
    const { explainPrediction } = (await explain({ label: "2" })).data;
    expect(explainPrediction).to.deep.equal({
      label: "2",
      baseline: "ZERO",
      output: -1,
      baselineOutput: 0,
      attributions: [
        { column: "a", value: 1 },
        { column: "b", value: -2 },
      ],
    });
  });

  it("leave as ONNX, as which they came, and in no other format", async () => {
    const tryExport = (format: string): Promise<Answer> =>
      tenant.owner.send("mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }", {
        input: { modelId: custom, version: "1.0.0", format },
      });
    const { exportVersion } = (await tryExport("ONNX")).data;
    const response = await fetch(new URL(new URL(exportVersion.url).pathname, world.url));
    expect([response.status, (await response.arrayBuffer()).byteLength > 0]).to.deep.equal([200, true]);
    expect(message(await tryExport("TFJS"))).to.contain("Export ONNX");
  });

  it("are compared with trained ones, where there is a truth; nothing goes on learning from a graph", async () => {
    const modelId = await createModel(tenant.owner, { target: "kind", features: ["a", "b"] });
    await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, hyperparameters: quick }));
    const second = await imported(modelId, { classes: kinds });
    const versions = ["1.0.0", second];
    const { comparison } = (await compare({ modelId, versions, datasetId })).data.compareVersions;
    expect(comparison.rows).to.be.greaterThan(0);
    const words = await createDataset(
      tenant.owner,
      csv([
        ["x", 1, "up"],
        ["y", 2, "down"],
      ]),
      "words",
    );
    const answer = await compare({ modelId, versions, datasetId: words });
    expect(places(answer)).to.deep.equal(["datasetId"]);
    const learning = await tryStart(tenant.owner, { modelId, datasetId, fromVersion: second });
    expect(learning).to.failWith("BAD_USER_INPUT");
    expect(places(learning)).to.deep.equal(["fromVersion"]);
    const other = await imported(custom);
    expect(message(await compare({ modelId: custom, versions: ["1.0.0", other], datasetId }))).to.contain(
      "what is right",
    );
  });

  it("go on learning where they are layers, from rows in which every number is there", async () => {
    const modelId = await createModel(tenant.owner, { target: "kind", features: ["a", "b"] });
    const { modelTopology, weightsManifest, weights } = threeOfTwo;
    const json = Buffer.from(JSON.stringify({ modelTopology, weightsManifest }));
    const files = { "model.json": json, "w.bin": weights };
    const number = await imported(modelId, { format: "TFJS", classes: kinds }, zip(files));
    const learn = (dataset: string): Promise<Answer> =>
      tryStart(tenant.owner, { modelId, datasetId: dataset, fromVersion: number, hyperparameters: quick });
    const gaps = await createDataset(tenant.owner, `${full}\n4,,up`, "one gap");
    const refused = await learn(gaps);
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(message(refused)).to.contain('"b" is empty in 1 rows');
    const job = await ended(tenant.owner, (await learn(datasetId)).data.startTraining.trainingJob.id);
    expect(job).to.have.property("status", "SUCCEEDED");
  });

  it("are compared on images with what was trained on them, and on no table", async () => {
    const { id: images, uploadUrl } = await create(tenant.owner, { format: "IMAGES" });
    await put(world, uploadUrl, zip(brightAndDark(40)));
    const modelId = await createModel(tenant.owner, { type: "IMAGE", target: null });
    await ended(
      tenant.owner,
      await start(tenant.owner, { modelId, datasetId: images, hyperparameters: quick }),
    );
    const second = await imported(modelId, { inputs: undefined, classes: ["bright", "dark"] }, brightness());
    const versions = ["1.0.0", second];
    const { comparison } = (await compare({ modelId, versions, datasetId: images })).data.compareVersions;
    expect(comparison).to.deep.equal({ rows: 10, predictions: 10, secondMetrics: { accuracy: 1 } });
    expect(message(await compare({ modelId, versions, datasetId }))).to.contain("in the format IMAGES");
  });
});
