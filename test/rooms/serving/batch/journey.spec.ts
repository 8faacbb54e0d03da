import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { clock } from "../../../../src/kernel/clock.js";
import { resultSweep } from "../../../../src/rooms/serving/batch/batch-sweep.js";
import { TenantSweeper } from "../../../../src/rooms/tenancy/index.js";
import { downloadLimits } from "../../../../src/rooms/serving/download-slots.js";
import { days, later } from "../../../support/time.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import {
  createDataset,
  createModel,
  deployedModel,
  metered,
  penguin,
  penguins,
  predict,
  until,
} from "../../training/support.js";
import {
  batchEnded,
  batchOf,
  followBatch,
  penguinRows,
  resultOf,
  resultUrl,
  startBatch,
  tryExportBatch,
  tryStart,
} from "./support.js";

describe("serving: a whole dataset predicted", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  let datasetId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("batches");
    modelId = await deployedModel(tenant.owner);
    datasetId = await createDataset(tenant.owner);
  });
  after(() => world.stop());

  const table = (text: string): Record<string, string>[] => parse(text, { columns: true });

  it("goes from queued to a result with the dataset's columns and the predictions", async () => {
    const before = await metered(world, tenant, "PREDICTIONS");
    const answer = await tryStart(tenant.owner, { modelId, datasetId });
    const started = answer.data.startBatchPrediction.batchPrediction;
    expect(started).to.deep.include({
      status: "QUEUED",
      format: "CSV",
      failure: null,
      progress: { status: "QUEUED", rowsDone: 0, rows: penguinRows, etaMs: null },
      expiresAt: null,
    });
    expect(started.version.number).to.equal("1.0.0");
    const states = await followBatch(tenant.owner, started.id);
    expect(states.at(-1)).to.deep.equal({
      status: "SUCCEEDED",
      rowsDone: penguinRows,
      rows: penguinRows,
      etaMs: 0,
    });
    const text = await resultOf(tenant.owner, started.id);
    const rows = table(text);
    expect(rows).to.have.length(penguinRows);
    const batch = await batchOf(tenant.owner, started.id);
    expect(batch.sizeBytes).to.equal(Buffer.byteLength(text));
    expect(batch.finishedAt).to.be.a("string");
    const after = await metered(world, tenant, "PREDICTIONS");
    expect(after.quantity - before.quantity).to.equal(penguinRows);
    // What the file had stays as it was, and missing stays missing.
    table(penguins).forEach((row, at) => {
      for (const [column, value] of Object.entries(row))
        expect(rows[at]?.[column]).to.equal(/^(na|)$/i.test(value) ? "" : value);
    });
  });

  it("says of each row what predict says of it", async () => {
    const id = await startBatch(tenant.owner, { modelId, datasetId, version: "1.0.0", format: "JSON_LINES" });
    expect((await batchEnded(tenant.owner, id)).status).to.equal("SUCCEEDED");
    const lines = (await resultOf(tenant.owner, id)).trim().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).to.have.length(penguinRows);
    const inputs = rows.map((row) =>
      Object.fromEntries(Object.keys(penguin).map((name) => [name, row[name]])),
    );
    const { data } = await predict(tenant.owner, modelId, inputs);
    rows.forEach((row, at) => {
      const { label, confidence, probabilities } = data.predict.predictions[at];
      expect(row).to.include({ prediction: label, confidence });
      for (const each of probabilities)
        expect(row[`probability of ${each.label}`]).to.equal(each.probability);
    });
  });

  it("predicts numbers as one column", async () => {
    const numbers = await deployedModel(tenant.owner, { type: "REGRESSION", target: "body_mass_g" });
    const id = await startBatch(tenant.owner, { modelId: numbers, datasetId });
    await batchEnded(tenant.owner, id);
    const rows = table(await resultOf(tenant.owner, id));
    expect(Object.keys(rows[0] ?? {}).at(-1)).to.equal("prediction");
    for (const { prediction } of rows) expect(Number(prediction)).to.be.within(1_000, 9_000);
  });

  it("gives way to columns of the dataset that have our names, and disarms formulas", async () => {
    const content = `${Object.keys(penguin).join(",")},prediction\n${Object.values(penguin).join(",")},=1+1\n${Object.values(penguin).join(",")},-5\n`;
    const id = await startBatch(tenant.owner, {
      modelId,
      datasetId: await createDataset(tenant.owner, content),
    });
    await batchEnded(tenant.owner, id);
    const [first, second] = table(await resultOf(tenant.owner, id));
    expect(first).to.include({ prediction: "'=1+1" });
    expect(first?.["prediction_"]).to.be.oneOf(["Adelie", "Chinstrap", "Gentoo"]);
    expect(second).to.include({ prediction: "-5" });
  });

  it("lists, filters and finds what there is, and follows what has ended", async () => {
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    await batchEnded(tenant.owner, id);
    const { batchPredictions } = await tenant.owner.get(
      `query ($filter: BatchPredictionFilter) { batchPredictions(first: 50, filter: $filter) { nodes { id status } totalCount } }`,
      { filter: { modelId, statuses: ["SUCCEEDED"] } },
    );
    expect(batchPredictions.nodes[0]).to.deep.equal({ id, status: "SUCCEEDED" });
    const { node } = await tenant.owner.get(
      "query ($id: ID!) { node(id: $id) { id ... on BatchPrediction { status } } }",
      { id },
    );
    expect(node).to.deep.equal({ id, status: "SUCCEEDED" });
    expect(await followBatch(tenant.owner, id)).to.have.length(1);
  });

  it("gives no result before its end, to strangers, or without the right to read data", async () => {
    const other = await world.tenant("onlookers");
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    await batchEnded(tenant.owner, id);
    expect(await tryExportBatch(other.owner, id)).to.failWith("NOT_FOUND");
    expect(await tryExportBatch(await tenant.person("VIEWER"), id)).to.failWith("FORBIDDEN");
    expect(await tryExportBatch(await tenant.apiKey(["prediction:create"]), id)).to.failWith("FORBIDDEN");
    const narrow = await tenant.apiKey(["prediction:create"]);
    expect(await tryStart(narrow, { modelId, datasetId })).to.failWith("FORBIDDEN");
    expect(await tryStart(other.owner, { modelId, datasetId })).to.failWith("NOT_FOUND");
    const foreign = { modelId, datasetId: await createDataset(other.owner) };
    expect(await tryStart(tenant.owner, foreign)).to.failWith("NOT_FOUND");
    expect(await batchOf(other.owner, id)).to.equal(null);
  });

  const fields = (answer: { errors?: { extensions?: Record<string, unknown> }[] }) =>
    answer.errors?.[0]?.extensions?.["fields"] as { path: string; message: string }[] | undefined;

  it("refuses a dataset that does not fit, before any work and with the place", async () => {
    const wrong = ["island,sex\nDream,MALE\n", penguins.replaceAll(/,(\d{4}),/g, ",heavy $1 kg,")];
    for (const content of wrong) {
      const answer = await tryStart(tenant.owner, {
        modelId,
        datasetId: await createDataset(tenant.owner, content),
      });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(fields(answer)?.[0]?.path).to.equal("datasetId");
    }
    const both = await tryStart(tenant.owner, {
      modelId,
      datasetId,
      version: "1.0.0",
      environment: "PRODUCTION",
    });
    expect(fields(both)?.[0]?.path).to.equal("environment");
    expect(await tryStart(tenant.owner, { modelId, datasetId, version: "9.9.9" })).to.failWith("NOT_FOUND");
    const bare = await createModel(tenant.owner);
    expect(await tryStart(tenant.owner, { modelId: bare, datasetId })).to.failWith("NOT_DEPLOYED");
  });

  it("keeps what it wrote sealed, and out of reach of another row", async () => {
    const [one, two] = [
      await startBatch(tenant.owner, { modelId, datasetId }),
      await startBatch(tenant.owner, { modelId, datasetId }),
    ];
    await batchEnded(tenant.owner, two);
    await batchEnded(tenant.owner, one);
    const pieces = await world.admin<{ bytes: Buffer }>(
      `select bytes from ${tenant.schema}.batch_prediction_piece`,
    );
    expect(pieces.length).to.be.greaterThan(1);
    for (const { bytes } of pieces) expect(bytes.includes("Torgersen")).to.equal(false);
    const url = await resultUrl(tenant.owner, one);
    await world.admin(
      `update ${tenant.schema}.batch_prediction_piece set bytes =
        (select bytes from ${tenant.schema}.batch_prediction_piece where batch_id = $2 and position = 0)
       where batch_id = $1 and position = 0`,
      [one, two],
    );
    const broken = await fetch(url)
      .then((response) => response.text())
      .catch(() => "cut off");
    expect(broken).to.equal("cut off");
  });

  it("meters what was fetched once, and tells the trail", async () => {
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    const { sizeBytes } = await batchEnded(tenant.owner, id);
    const before = await metered(world, tenant, "EXPORT_BYTES");
    await resultOf(tenant.owner, id);
    const expected = { events: before.events + 1, quantity: before.quantity + sizeBytes };
    await until(async () => (await metered(world, tenant, "EXPORT_BYTES")).events === expected.events);
    expect(await metered(world, tenant, "EXPORT_BYTES")).to.deep.equal(expected);
    const trail = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event where subject = $1 order by id`,
      [id],
    );
    expect(trail.map(({ action }) => action)).to.deep.equal([
      "batchPrediction.queued",
      "batchPrediction.started",
      "batchPrediction.succeeded",
      "batchPrediction.exported",
      "batchPrediction.downloaded",
    ]);
  });

  it("keeps the result for a month and removes it then: its storage, not the facts of it", async () => {
    // People sign in anew before a month is over.
    const program = await tenant.apiKey(["prediction:create", "dataset:read"]);
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    const batch = await batchEnded(tenant.owner, id);
    const expiresAt = Date.parse(batch.expiresAt);
    expect(expiresAt - Date.parse(batch.finishedAt)).to.be.closeTo(days(30), 1_000);
    const pieces = `select 1 from ${tenant.schema}.batch_prediction_piece where batch_id = '${id}'`;
    const { tenancy } = world.app.house;
    const sweeper = new TenantSweeper(world.app.kernel, tenancy, resultSweep);
    const sweep = () => sweeper.sweep();
    const until = (ms: number): number => expiresAt - clock.now().getTime() + ms;
    let url = "";
    await later(until(-1_000), async () => {
      expect(await sweep()).to.equal(0);
      const answer = await tryExportBatch(program, id);
      url = answer.data.exportBatchPrediction.url;
      expect(answer.data.exportBatchPrediction.expiresAt).to.equal(batch.expiresAt);
      expect((await fetch(url)).status).to.equal(200);
    });
    await later(until(1_000), async () => {
      // A reader who began in time may end.
      expect(await sweep()).to.equal(0);
      expect((await world.admin(pieces)).length).to.be.greaterThan(0);
      const gone = await fetch(url);
      expect(gone.status).to.equal(404);
      const { errors } = (await gone.json()) as { errors: { extensions: { code: string } }[] };
      expect(errors[0]?.extensions.code).to.equal("NOT_FOUND");
    });
    // One that can't be swept keeps nobody else.
    const { schema } = await world.tenant("unswept");
    await world.admin(`alter table ${schema}.batch_prediction rename to away`);
    await later(until(downloadLimits.longestMs), async () => {
      // Those of the specs before are due as well.
      expect(await sweep()).to.be.at.least(1);
      expect(await sweep()).to.equal(0);
      expect(await world.admin(pieces)).to.deep.equal([]);
      const answer = await tryExportBatch(program, id);
      expect(answer).to.failWith("BATCH_PREDICTION_EXPIRED");
      expect(answer.errors?.[0]?.extensions).to.include({
        code: "NOT_FOUND",
        expiredAt: batch.expiresAt,
      });
    });
    expect(await batchOf(tenant.owner, id)).to.deep.equal(batch);
    const [last] = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event where subject = $1 order by id desc limit 1`,
      [id],
    );
    expect(last?.action).to.equal("batchPrediction.expired");
  });
});
