import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Answer, Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { create, put } from "../datasets/support.js";
import { jpg, png, zip } from "../datasets/images/support.js";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  predict,
  start,
  tryCreateModel,
  tryStart,
} from "./support.js";

/** The rows of digits-8x8.csv: 64 values from 0 to 16, then the digit. */
const digits = readFileSync("test/data/digits-8x8.csv", "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split(",").map(Number));

const digitPng = (row: readonly number[]): Buffer =>
  png(8, 8, (x, y) => [Math.min(255, (row[y * 8 + x] ?? 0) * 16)]);

/** In the file's order, so that every fourth image is held out as every fourth row of the table is. */
const digitArchive = (): Buffer =>
  zip(
    Object.fromEntries(
      digits.map((row, at) => [`${row.at(-1)}/${String(at).padStart(4, "0")}.png`, digitPng(row)]),
    ),
  );

const versionQuery = `query ($id: ID!) { model(id: $id) { type versions { nodes {
  engine metrics { accuracy rows }
  signature { inputs { column kind categories image { width height channels } } ignored
    output { column type classes } } } } } }`;

const pathOf = (answer: Answer): unknown =>
  (answer.errors?.[0]?.extensions?.fields as { path: string }[] | undefined)?.[0]?.path;

describe("training: images", function () {
  this.timeout(90_000);
  let world: World;
  let tenant: TenantOfWorld;
  let client: Client;
  let archive: string;
  let modelId: string;

  const upload = async (bytes: Buffer): Promise<string> => {
    const { id, uploadUrl } = await create(client, { format: "IMAGES" });
    expect(await put(world, uploadUrl, bytes)).to.include({ status: 200 });
    return id;
  };

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("pictures");
    client = tenant.owner;
    archive = await upload(digitArchive());
    modelId = await createModel(client, { type: "IMAGE", target: null });
  });
  after(() => world.stop());

  it("tells handwritten digits apart with default settings", async () => {
    const { status, failure } = await ended(
      client,
      await start(client, { modelId, datasetId: archive, seed: 1 }),
    );
    expect(failure).to.equal(null);
    expect(status).to.equal("SUCCEEDED");
    const { model } = await client.get(versionQuery, { id: modelId });
    const [{ metrics, signature }] = model.versions.nodes;
    expect(metrics.rows).to.equal(449);
    expect(metrics.accuracy).to.be.at.least(0.97);
    expect(signature).to.deep.equal({
      inputs: [
        { column: "image", kind: "IMAGE", categories: null, image: { width: 8, height: 8, channels: 1 } },
      ],
      ignored: ["label"],
      output: { column: "label", type: "IMAGE", classes: "0123456789".split("") },
    });
    await deploy(client, modelId);
  });

  it("predicts from base64, data URLs and JPEGs of another size and colour", async () => {
    const row = digits[3] ?? [];
    const large = jpg(64, 64, (x, y) => {
      const value = Math.min(255, (row[Math.floor(y / 8) * 8 + Math.floor(x / 8)] ?? 0) * 16);
      return [value, value, value];
    });
    const plain = digitPng(row).toString("base64");
    const images = [
      plain,
      `data:image/png;base64,${plain}`,
      `data:image/jpeg;base64,${large.toString("base64")}`,
    ];
    const { data } = await predict(
      client,
      modelId,
      images.map((image) => ({ image })),
    );
    const { predictions } = data.predict;
    expect(predictions.map(({ label }: { label: string }) => label)).to.deep.equal(Array(3).fill("3"));
    expect(predictions[1]).to.deep.equal(predictions[0]);
    expect(predictions[2].confidence).to.be.closeTo(predictions[0].confidence, 0.05);
  });

  it("refuses what is no image, with its place", async () => {
    const good = { image: digitPng(digits[0] ?? []).toString("base64") };
    const wide = png(5_000, 1, () => [7]).toString("base64");
    const half = Buffer.from(good.image, "base64").subarray(0, 60).toString("base64");
    const gif = Buffer.from("GIF89a and more").toString("base64");
    const bad = [gif, wide, half, "data:text/html;base64,AAAA", "not base64!", "", 7, null, true];
    for (const image of bad) {
      const answer = await predict(client, modelId, [good, { image }]);
      expect(answer, String(image)).to.failWith("BAD_USER_INPUT");
      expect(pathOf(answer), String(image)).to.equal("rows.1.image");
    }
    expect(pathOf(await predict(client, modelId, [{}]))).to.equal("rows.0.image");
    expect(pathOf(await predict(client, modelId, [{ ...good, pixels: "AAAA" }]))).to.equal("rows.0.pixels");
  });

  it("refuses images that are large together before it decodes any", async () => {
    const image = png(4_000, 4_000, () => [0]).toString("base64");
    const answer = await predict(client, modelId, [{ image }, { image }]);
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(pathOf(answer)).to.equal("rows");
  });

  it("refuses a table for images and images for a table before a job is queued", async () => {
    const table = await createDataset(client);
    const [forImages, forTables] = [
      await tryStart(client, { modelId, datasetId: table }),
      await tryStart(client, { modelId: await createModel(client), datasetId: archive }),
    ];
    expect(forImages).to.failWith("BAD_USER_INPUT");
    expect(pathOf(forImages)).to.equal("datasetId");
    expect(pathOf(forTables)).to.equal("datasetId");
    const { trainingJobs } = await client.get("{ trainingJobs { totalCount } }");
    expect(trainingJobs.totalCount).to.equal(1);
  });

  it("refuses splits by what is not learnt from, and to go on with a table or with other labels", async () => {
    for (const split of [
      { kind: "GROUP", column: "file" },
      { kind: "TIME", column: "width" },
    ])
      expect(pathOf(await tryStart(client, { modelId, datasetId: archive, split }))).to.equal("split.kind");
    const fromVersion = "1.0.0";
    const table = await tryStart(client, { modelId, datasetId: await createDataset(client), fromVersion });
    expect(pathOf(table)).to.equal("datasetId");
    const letters = digits.slice(0, 20).map((row, at) => [`letter ${at % 2}/${at}.png`, digitPng(row)]);
    const others = await upload(zip(Object.fromEntries(letters)));
    const strange = await tryStart(client, { modelId, datasetId: others, fromVersion });
    expect(pathOf(strange)).to.equal("fromVersion");
    expect(strange.errors?.[0]?.message).to.include('class "letter 0"');
  });

  it("compares versions on what both held out in training, and on another archive", async () => {
    const hyperparameters = { epochs: 1 };
    await ended(client, await start(client, { modelId, datasetId: archive, hyperparameters }));
    const few = digits.slice(0, 40).map((row, at) => [`${row.at(-1)}/${at}.png`, digitPng(row)]);
    const other = await upload(zip(Object.fromEntries(few)));
    const compared = (datasetId: string): Promise<Answer> =>
      client.send(
        "mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { rows } } }",
        { input: { modelId, versions: ["1.0.0", "1.1.0"], datasetId } },
      );
    expect(await compared(archive)).to.succeed();
    expect((await compared(other)).data.compareVersions.comparison.rows).to.equal(few.length / 4);
  });

  it("refuses columns, and a network that no image of the dataset's size fits", async () => {
    const columns = { name: "columns", type: "IMAGE", features: ["a"] };
    expect(pathOf(await tryCreateModel(client, columns))).to.equal("features");
    const target = { name: "target", type: "IMAGE", target: "file" };
    expect(pathOf(await tryCreateModel(client, target))).to.equal("target");
    const pooling = { type: "MAX_POOLING2D", poolSize: 8 };
    const architecture = { layers: [pooling, pooling, { type: "FLATTEN" }] };
    const tooDeep = await createModel(client, { type: "IMAGE", target: null, architecture });
    const answer = await tryStart(client, { modelId: tooDeep, datasetId: archive });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(pathOf(answer)).to.equal("modelId");
  });

  it("moves and mirrors images where it is asked to, and no rows of a table", async () => {
    const hyperparameters = { epochs: 1, augmentation: { shift: 0.125 } };
    const id = await start(client, { modelId, datasetId: archive, hyperparameters });
    const { trainingJob } = await client.get(
      "query ($id: ID!) { trainingJob(id: $id) { hyperparameters { augmentation { shift flip } } } }",
      { id },
    );
    expect(trainingJob.hyperparameters.augmentation).to.deep.equal({ shift: 0.125, flip: false });
    expect((await ended(client, id)).status).to.equal("SUCCEEDED");
    const [forTables, datasetId] = [await createModel(client), await createDataset(client)];
    const answer = await tryStart(client, { modelId: forTables, datasetId, hyperparameters });
    expect(pathOf(answer)).to.equal("hyperparameters.augmentation");
  });

  it("exports the network in every format", async () => {
    const tryExport = (format: string): Promise<Answer> =>
      client.send("mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }", {
        input: { modelId, version: "1.0.0", format },
      });
    for (const format of ["ONNX", "TFJS", "SAFETENSORS"]) {
      const { data } = await tryExport(format);
      const response = await fetch(new URL(data.exportVersion.url, world.url));
      expect(response.status).to.equal(200);
      expect((await response.arrayBuffer()).byteLength).to.be.greaterThan(10_000);
    }
  });
});
