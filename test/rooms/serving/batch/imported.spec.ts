import { expect } from "chai";
import type { Answer } from "../../../support/client.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import { dense, tfjs } from "../../learning/importing/support.js";
import { createDataset, createModel, ended, start, tryStart } from "../../training/support.js";
import { batchEnded, resultOf, startBatch } from "./support.js";

/** A network of two inputs and two outputs, 3a - b and a / 2. */
const twoNumbers = tfjs({
  layers: [dense("d", { batch_input_shape: [null, 2], units: 2 })],
  manifest: [
    {
      paths: ["v.bin"],
      weights: [
        { name: "d/kernel", shape: [2, 2], dtype: "float32" },
        { name: "d/bias", shape: [2], dtype: "float32" },
      ],
    },
  ],
  files: { "v.bin": new Uint8Array(Float32Array.of(3, 0.5, -1, 0, 0, 0).buffer) },
});

const table = `a,b,y\n${Array.from({ length: 70 }, (_, row) => `${row},${row % 5},${2 * row}`).join("\n")}`;

describe("batch predictions of imported networks", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let gapsId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("batchimports");
    datasetId = await createDataset(tenant.owner, table, "table");
    gapsId = await createDataset(tenant.owner, table.replace("\n66,1,", "\n,1,"), "gaps");
  });
  after(() => world.stop());

  async function imported(model: object, body: Uint8Array): Promise<string> {
    const modelId = await createModel(tenant.owner, model);
    const { importModel } = await tenant.owner.get(
      "mutation ($input: ImportModelInput!) { importModel(input: $input) { uploadUrl } }",
      { input: { modelId, format: "TFJS", inputs: ["a", "b"] } },
    );
    const url = new URL(new URL(importModel.uploadUrl).pathname, world.url);
    expect((await fetch(url, { method: "PUT", body: Buffer.from(body) })).status).to.equal(200);
    const input = { modelId, version: "1.0.0", environment: "PRODUCTION" };
    await tenant.owner.get(
      "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }",
      { input },
    );
    return modelId;
  }
  const explain = (modelId: string, label: string | null): Promise<Answer> =>
    tenant.owner.send(
      "mutation ($input: ExplainPredictionInput!) { explainPrediction(input: $input) { output label } }",
      { input: { modelId, row: { a: 4, b: 1 }, label } },
    );
  const batched = async (modelId: string, of: string): Promise<string> => {
    const id = await startBatch(tenant.owner, { modelId, datasetId: of });
    await batchEnded(tenant.owner, id);
    return id;
  };

  it("have a column for each output, and each can be explained", async () => {
    const modelId = await imported({ type: "CUSTOM", target: undefined }, twoNumbers);
    const lines = (await resultOf(tenant.owner, await batched(modelId, datasetId))).split("\r\n");
    expect(lines[0]).to.equal("a,b,y,output 1,output 2");
    expect(lines[5]).to.equal("4,4,8,8,2");
    for (const [label, output] of [
      ["1", 11],
      ["2", 2],
    ] as const)
      expect((await explain(modelId, label)).data.explainPrediction).to.deep.equal({ output, label });
    expect(await explain(modelId, null)).to.failWith("BAD_USER_INPUT");
    expect(await explain(modelId, "3")).to.failWith("BAD_USER_INPUT");
    const training = await tryStart(tenant.owner, { modelId, datasetId, fromVersion: "1.0.0" });
    expect(training).to.failWith("BAD_USER_INPUT");
    expect(training.errors?.[0]?.message).to.include("no row teaches it");
  });

  it("are not begun over a dataset that lacks a number, and none is learnt from", async () => {
    const modelId = await imported({ type: "REGRESSION", target: "y" }, tfjs());
    const batch = await tenant.owner.send(
      "mutation ($input: StartBatchPredictionInput!) { startBatchPrediction(input: $input) { batchPrediction { id } } }",
      { input: { modelId, datasetId: gapsId } },
    );
    expect(batch).to.failWith("BAD_USER_INPUT");
    expect(batch.errors?.[0]?.message).to.include('The column "a" is empty in 1 rows');
    const more = { modelId, fromVersion: "1.0.0", hyperparameters: { epochs: 2, learningRate: 0.0001 } };
    const training = await tryStart(tenant.owner, { ...more, datasetId: gapsId });
    expect(training).to.failWith("BAD_USER_INPUT");
    expect(training.errors?.[0]?.message).to.include('"a"');
    const good = await ended(tenant.owner, await start(tenant.owner, { ...more, datasetId }));
    expect(good.status).to.equal("SUCCEEDED");
  });
});
