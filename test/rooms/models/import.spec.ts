import { createHash } from "node:crypto";
import { expect } from "chai";
import { zipSync } from "fflate";
import { OnnxGraph } from "../../../src/rooms/learning/exchange/onnx-graph.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  penguin,
  predict,
  quick,
  start,
  tryStart,
} from "../training/support.js";

const document =
  "mutation ($input: ImportModelInput!) { importModel(input: $input) { uploadUrl expiresAt } }";

/** [2 · a + b, a − b], softened by a softmax where wished. */
function sums(softmax: boolean): Uint8Array {
  const graph = new OnnxGraph({ name: "x", shape: [2] });
  const kernel = graph.weight("kernel", [2, 2], Float32Array.of(2, 1, 1, -1));
  const product = graph.node("MatMul", ["x", kernel]);
  const value = softmax ? graph.node("Softmax", [product], { axis: -1 }) : product;
  return graph.encode({ value, name: "y", width: 2 }, {});
}

const keras = (activation: string): Uint8Array =>
  zipSync({
    "net/model.json": Buffer.from(
      JSON.stringify({
        modelTopology: {
          class_name: "Sequential",
          config: {
            layers: [
              {
                class_name: "Dense",
                config: { name: "d", units: 1, activation, batch_input_shape: [null, 2] },
              },
            ],
          },
        },
        weightsManifest: [
          {
            paths: ["w.bin"],
            weights: [
              { name: "d/kernel", shape: [2, 1], dtype: "float32" },
              { name: "d/bias", shape: [1], dtype: "float32" },
            ],
          },
        ],
      }),
    ),
    "net/w.bin": Buffer.from(Float32Array.of(3, -1, 0.5).buffer),
  });

describe("models: import", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("importers");
    other = await world.tenant("strangers");
  });
  after(() => world.stop());

  const tryOpen = (input: object, who = tenant.owner) => who.send(document, { input });
  const put = async (url: string, body: Uint8Array) => {
    const response = await fetch(new URL(new URL(url).pathname, world.url), {
      method: "PUT",
      body: Buffer.from(body),
    });
    const answer = (await response.json()) as {
      version?: { id: string; number: string };
      errors?: {
        message: string;
        extensions: { code: string; reason?: string; fields?: { path: string }[] };
      }[];
    };
    return { status: response.status, version: answer.version, error: answer.errors?.[0] };
  };
  async function imported(input: object, body: Uint8Array) {
    const { data } = await tryOpen(input);
    return put(data.importModel.uploadUrl, body);
  }
  const versionOf = async (modelId: string) => {
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { number source metrics { rows } sha256 engine modelCard parent { number }
        hyperparameters { epochs } architecture { layers { type } } kernels { backend version } dataset { id } evaluation { rows }
        signature { inputs { column kind } output { column type classes } } } } } }`,
      { id: modelId },
    );
    return model.versions.nodes[0];
  };
  const answers = async (modelId: string, rows: object[]) => {
    const { data } = await tenant.owner.send(
      `mutation ($input: PredictInput!) { predict(input: $input) { engine predictions { label value confidence values } } }`,
      { input: { modelId, rows } },
    );
    return data.predict;
  };

  it("takes an ONNX classifier of somebody else's, says what it is, and predicts with it", async () => {
    const modelId = await createModel(tenant.owner, { target: "kind" });
    const named = { modelId, format: "ONNX", inputs: ["a", "b"], classes: ["up", "down"] };
    const { status, version } = await imported(named, sums(true));
    expect([status, version?.number]).to.deep.equal([200, "1.0.0"]);
    const found = await versionOf(modelId);
    expect(found).to.deep.include({
      source: "IMPORTED",
      metrics: null,
      evaluation: null,
      dataset: null,
      parent: null,
      hyperparameters: null,
      architecture: null,
      engine: "ONNXRUNTIME",
      kernels: { backend: "imported", version: "ONNX" },
    });
    expect(found.signature).to.deep.equal({
      inputs: [
        { column: "a", kind: "NUMBER" },
        { column: "b", kind: "NUMBER" },
      ],
      output: { column: "kind", type: "CLASSIFICATION", classes: ["up", "down"] },
    });
    expect(found.modelCard).to.contain("imported on").and.contain("not measured here");
    await deploy(tenant.owner, modelId);
    const { predictions, engine } = await answers(modelId, [
      { a: 1, b: 2 },
      { a: -50, b: 1_000 },
    ]);
    expect(engine).to.equal("ONNXRUNTIME");
    expect(predictions[0].label).to.equal("up");
    // 4 against -1.
    expect(predictions[0].confidence).to.be.closeTo(1 / (1 + Math.exp(-5)), 1e-6);
    expect(predictions[1]).to.include({ label: "up", confidence: 1 });
    const missing = await predict(tenant.owner, modelId, [{ a: 1 }]);
    expect(missing).to.failWith("BAD_USER_INPUT");
    expect(missing.errors?.[0]?.extensions?.fields).to.deep.equal([
      { path: "rows.0.b", message: "This model was imported and needs a number here." },
    ]);
  });

  it("gives a CUSTOM model's outputs as plain numbers", async () => {
    const modelId = await createModel(tenant.owner, { type: "CUSTOM", target: undefined });
    await imported({ modelId, format: "ONNX", inputs: ["a", "b"] }, sums(false));
    await deploy(tenant.owner, modelId);
    const { predictions } = await answers(modelId, [
      { a: 1, b: 2.5 },
      { a: "7", b: 0 },
    ]);
    expect(predictions).to.deep.equal([
      { label: null, value: null, confidence: null, values: [4.5, -1.5] },
      { label: null, value: null, confidence: null, values: [14, 7] },
    ]);
    const datasetId = await createDataset(tenant.owner);
    const refused = await tryStart(tenant.owner, { modelId, datasetId });
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(refused.errors?.[0]?.message).to.contain("architecture of its own");
  });

  it("refuses of outputs that nobody named what would need a name", async () => {
    const modelId = await createModel(tenant.owner, { type: "CUSTOM", target: undefined });
    for (const _ of [1, 2]) await imported({ modelId, format: "ONNX", inputs: ["a", "b"] }, sums(false));
    await deploy(tenant.owner, modelId);
    const datasetId = await createDataset(tenant.owner);
    const operations: [name: string, type: string, input: object, path: string][] = [
      ["compareVersions", "CompareVersionsInput", { versions: ["1.0.0", "1.1.0"], datasetId }, "versions"],
    ];
    for (const [name, type, input, path] of operations) {
      const answer = await tenant.owner.send(
        `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
        { input: { modelId, ...input } },
      );
      expect(answer, name).to.failWith("BAD_USER_INPUT");
      const fields = answer.errors?.[0]?.extensions?.fields as { path: string; message: string }[];
      expect(fields.map((field) => field.path)).to.deep.equal([path]);
      expect(fields[0]?.message).to.contain("Nobody has said what its outputs are");
    }
  });

  it("trains nothing further from a graph that is not made of layers", async () => {
    const modelId = await createModel(tenant.owner, { target: "species", features: null });
    const inputs = ["body_mass_g", "bill_length_mm"];
    await imported({ modelId, format: "ONNX", inputs, classes: ["Adelie", "Gentoo"] }, sums(true));
    const datasetId = await createDataset(tenant.owner);
    const refused = await tryStart(tenant.owner, { modelId, datasetId, fromVersion: "1.0.0" });
    expect(refused).to.failWith("BAD_USER_INPUT");
    expect(refused.errors?.[0]?.message).to.contain("not made of layers");
  });

  it("trains a CUSTOM model by its own architecture: a number or a class, as its target is", async () => {
    const datasetId = await createDataset(tenant.owner);
    const architecture = { layers: [{ units: 4 }] };
    for (const [target, type] of [
      ["body_mass_g", "REGRESSION"],
      ["species", "CLASSIFICATION"],
    ]) {
      const modelId = await createModel(tenant.owner, { type: "CUSTOM", target, architecture });
      await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, hyperparameters: quick }));
      const { source, signature, metrics } = await versionOf(modelId);
      expect([source, signature.output.type]).to.deep.equal(["TRAINED", type]);
      expect(metrics.rows).to.be.greaterThan(0);
    }
  });

  it("takes Keras' layers: a number, and the two classes of one sigmoid", async () => {
    const numbers = await createModel(tenant.owner, { type: "REGRESSION", target: "price" });
    await imported({ modelId: numbers, format: "TFJS", inputs: ["a", "b"] }, keras("linear"));
    await deploy(tenant.owner, numbers);
    expect((await answers(numbers, [{ a: 100, b: 2 }])).predictions[0].value).to.equal(298.5);
    const kinds = await createModel(tenant.owner, { target: "kind" });
    const named = { modelId: kinds, format: "TFJS", inputs: ["a", "b"], classes: ["no", "yes"] };
    await imported(named, keras("sigmoid"));
    await deploy(tenant.owner, kinds);
    const { predictions } = await answers(kinds, [
      { a: 1, b: 0 },
      { a: -1, b: 0 },
    ]);
    expect(predictions[0].label).to.equal("yes");
    expect(predictions[0].confidence).to.be.closeTo(1 / (1 + Math.exp(-3.5)), 1e-6);
    expect(predictions[1].label).to.equal("no");
  });

  it("takes back what it exported, in both formats, with the same predictions", async () => {
    const datasetId = await createDataset(tenant.owner);
    const modelId = await createModel(tenant.owner);
    await ended(
      tenant.owner,
      await start(tenant.owner, { modelId, datasetId, seed: 3, hyperparameters: quick }),
    );
    await deploy(tenant.owner, modelId);
    const rows = [penguin, { ...penguin, island: null, body_mass_g: null }];
    const expected = (await answers(modelId, rows)).predictions;
    for (const format of ["ONNX", "TFJS"]) {
      const { exportVersion } = await tenant.owner.get(
        "mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }",
        { input: { modelId, version: "1.0.0", format } },
      );
      const response = await fetch(new URL(new URL(exportVersion.url).pathname, world.url));
      const bytes = new Uint8Array(await response.arrayBuffer());
      const copy = await createModel(tenant.owner);
      const sha256 = createHash("sha256").update(bytes).digest("hex").toUpperCase();
      expect((await imported({ modelId: copy, format, sha256 }, bytes)).status).to.equal(200);
      await deploy(tenant.owner, copy);
      const found = (await answers(copy, rows)).predictions;
      found.forEach((each: { label: string; confidence: number }, at: number) => {
        expect(each.label).to.equal(expected[at].label);
        expect(each.confidence).to.be.closeTo(expected[at].confidence, 1e-5);
      });
    }
  });

  it("refuses a file that is not the one meant, and one that does not fit; the URL stays good", async () => {
    const modelId = await createModel(tenant.owner);
    const sha256 = "0".repeat(64);
    const named = { modelId, format: "ONNX", inputs: ["a", "b"], classes: ["up", "down"] };
    const wrong = await imported({ ...named, sha256 }, sums(true));
    expect([wrong.status, wrong.error?.extensions.reason]).to.deep.equal([400, "MODEL_FILE_MISMATCH"]);
    expect(wrong.error?.extensions.fields?.[0]?.path).to.equal("sha256");
    const { data } = await tryOpen({ ...named, inputs: ["a", "b", "c"] });
    const misfit = await put(data.importModel.uploadUrl, sums(true));
    expect(misfit.error?.extensions.fields?.[0]?.path).to.equal("inputs");
    const none = await put(data.importModel.uploadUrl, Buffer.from("not a model"));
    expect([none.status, none.error?.extensions.reason]).to.deep.equal([400, "MODEL_FILE_INVALID"]);
    const good = await tryOpen(named);
    expect((await put(good.data.importModel.uploadUrl, sums(true))).status).to.equal(200);
    expect((await put(good.data.importModel.uploadUrl, sums(true))).error?.extensions.code).to.equal(
      "CONFLICT",
    );
  });

  it("gives an imported graph out as it is served, and lets nothing go on from it", async () => {
    const modelId = await createModel(tenant.owner, { target: "kind" });
    const named = { modelId, format: "ONNX", inputs: ["a", "b"], classes: ["up", "down"] };
    await imported(named, sums(true));
    const exported = (format: string) =>
      tenant.owner.send("mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }", {
        input: { modelId, version: "1.0.0", format },
      });
    const { data } = await exported("ONNX");
    const file = await fetch(new URL(new URL(data.exportVersion.url).pathname, world.url));
    const copy = await createModel(tenant.owner, { target: "kind" });
    const back = await imported({ ...named, modelId: copy }, new Uint8Array(await file.arrayBuffer()));
    expect(back.status).to.equal(200);
    for (const format of ["TFJS", "SAFETENSORS"]) {
      const refused = await exported(format);
      expect(refused).to.failWith("EXPORT_UNSUPPORTED");
      expect(refused.errors?.[0]?.message).to.include("Export ONNX");
    }
    const datasetId = await createDataset(tenant.owner, "a,b,kind\n1,2,up\n2,1,down\n".repeat(20));
    const training = await tryStart(tenant.owner, { modelId, datasetId, fromVersion: "1.0.0" });
    expect(training).to.failWith("BAD_USER_INPUT");
    expect(training.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "fromVersion");
  });

  it("meters the file's bytes and tells the trail", async () => {
    const modelId = await createModel(tenant.owner, { type: "CUSTOM", target: undefined });
    const body = sums(false);
    const { version } = await imported({ modelId, format: "ONNX", inputs: ["a", "b"] }, body);
    const [usage] = await world.admin<{ quantity: string }>(
      `select quantity from ${tenant.schema}.usage_event where subject = $1`,
      [version?.id],
    );
    expect(Number(usage?.quantity)).to.equal(body.length);
    const trail = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event order by id desc limit 2`,
    );
    expect(trail.map(({ action }) => action)).to.deep.equal(["version.imported", "import.opened"]);
  });

  it("knows no foreign model and no wrong token, and needs the permission", async () => {
    const modelId = await createModel(tenant.owner);
    const input = { modelId, format: "ONNX" };
    expect(await tryOpen(input, other.owner)).to.failWith("NOT_FOUND");
    expect(await tryOpen(input, await tenant.person("VIEWER"))).to.failWith("FORBIDDEN");
    const { data } = await tryOpen(input);
    const url: string = data.importModel.uploadUrl;
    const changed = `${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`;
    for (const wrong of [changed, `${world.url}/imports/x`])
      expect((await put(wrong, sums(true))).error?.extensions.code).to.equal("NOT_FOUND");
  });
});
