import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, deploy, ended, predict, start, tryCreateModel } from "./support.js";

const signatureQuery = `query ($id: ID!) { model(id: $id) { type versions { nodes {
  metrics { accuracy r2 confusion }
  signature { inputs { column kind categories } ignored output { column type classes } } } } } }`;

interface Version {
  metrics: { accuracy: number; r2: number; confusion: number[][] };
  signature: { inputs: object[]; ignored: string[]; output: object };
}

/** A model trained on `datasetId` with default settings, and deployed. */
async function trained(
  client: Client,
  datasetId: string,
  input: object,
  more = {},
): Promise<[string, Version]> {
  const modelId = await createModel(client, input);
  const { status, failure } = await ended(
    client,
    await start(client, { modelId, datasetId, seed: 1, ...more }),
  );
  expect(failure).to.equal(null);
  expect(status).to.equal("SUCCEEDED");
  await deploy(client, modelId);
  const { model } = await client.get(signatureQuery, { id: modelId });
  return [modelId, model.versions.nodes[0]];
}

/** F1 of the class at `place`. */
function f1(confusion: number[][], place: number): number {
  const hits = confusion[place]?.[place] ?? 0;
  const actual = (confusion[place] ?? []).reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, row) => sum + (row[place] ?? 0), 0);
  return (2 * hits) / (actual + predicted);
}

const opinions = [
  ["what a wonderful film, I loved it", "positive"],
  ["a great story and lovely actors", "positive"],
  ["terrible, boring and far too long", "negative"],
  ["an awful plot, I hated every minute", "negative"],
];
const opinionTable = `opinion,feeling\n${Array.from({ length: 120 }, (_, row) => {
  const [text, feeling] = opinions[(row * 7 + Math.floor(row / 4)) % 4] ?? [];
  return `"${text} ${row % 9}",${feeling}`;
}).join("\n")}\n`;

describe("training: free text", function () {
  this.timeout(60_000);
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("texts");
  });
  after(() => world.stop());

  it("tells spam from ham with default settings", async () => {
    const content = readFileSync("test/data/sms-spam.tsv", "utf8");
    const { createDataset: made } = await tenant.owner.get(
      "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
      { input: { name: "sms", format: "TSV", header: false, content } },
    );
    const type = "TEXT_CLASSIFICATION";
    const [modelId, { metrics, signature }] = await trained(tenant.owner, made.dataset.id, {
      type,
      target: "c0",
    });
    expect(metrics.accuracy).to.be.at.least(0.975);
    expect(f1(metrics.confusion, 1)).to.be.at.least(0.9);
    expect(signature).to.deep.equal({
      inputs: [{ column: "c1", kind: "TEXT", categories: null }],
      ignored: ["c0"],
      output: { column: "c0", type, classes: ["ham", "spam"] },
    });
    const texts = ["WINNER!! Claim your free £1000 prize, call 09061701461 now", "see you at lunch then"];
    const { data } = await predict(
      tenant.owner,
      modelId,
      texts.map((c1) => ({ c1 })),
    );
    const [spam, ham] = data.predict.predictions;
    expect([spam.label, ham.label]).to.deep.equal(["spam", "ham"]);
    expect(spam.confidence).to.be.within(0.9, 1);
    expect(spam.value).to.equal(null);
  });

  it("answers a sentiment with a score, for any text there is", async () => {
    const datasetId = await createDataset(tenant.owner, opinionTable, "opinions");
    const input = { type: "SENTIMENT", target: "feeling" };
    const [modelId, { signature }] = await trained(tenant.owner, datasetId, input);
    expect(signature.output).to.deep.include({ type: "SENTIMENT", classes: ["negative", "positive"] });
    const texts = [
      "I loved the lovely actors",
      "boring, I hated it",
      "",
      "😀👍🏽",
      "مرحبا بالعالم",
      "\u0000\u202E\u0007",
      null,
    ];
    const rows = [...texts, "a".repeat(10_000)].map((opinion) => ({ opinion }));
    const { data } = await predict(tenant.owner, modelId, rows);
    const { predictions } = data.predict;
    expect(predictions).to.have.length(rows.length);
    expect(predictions[0].value).to.be.within(0.3, 1);
    expect(predictions[1].value).to.be.within(-1, -0.3);
    for (const { label, value, confidence, probabilities } of predictions) {
      expect(label).to.equal(probabilities[0].label);
      expect(confidence).to.be.within(0.5, 1);
      expect(Math.abs(value)).to.be.closeTo(2 * confidence - 1, 1e-6);
    }
  });

  it("learns a number from a text beside numbers", async () => {
    const table = `note,size,price\n${Array.from({ length: 160 }, (_, row) => {
      const dear = (row * 7 + Math.floor(row / 5)) % 2;
      return `a ${dear ? "golden" : "wooden"} ring no ${row},${row % 5},${100 * dear + 10 * (row % 5)}`;
    }).join("\n")}\n`;
    const datasetId = await createDataset(tenant.owner, table, "rings");
    const [modelId, { metrics, signature }] = await trained(
      tenant.owner,
      datasetId,
      { type: "REGRESSION", target: "price" },
      { hyperparameters: { epochs: 60 } },
    );
    expect(metrics.r2).to.be.at.least(0.9);
    expect(signature.inputs).to.deep.equal([
      { column: "note", kind: "TEXT", categories: null },
      { column: "size", kind: "NUMBER", categories: null },
    ]);
    const rows = ["golden", "wooden"].map((metal) => ({ note: `a ${metal} ring`, size: 2 }));
    const { data } = await predict(tenant.owner, modelId, rows);
    const [dear, cheap] = data.predict.predictions.map(({ value }: { value: number }) => value);
    expect(dear - cheap).to.be.greaterThan(60);
  });

  it("refuses more than one feature where a text is read", async () => {
    const many = { name: "many", type: "TEXT_CLASSIFICATION", target: "c", features: ["a", "b"] };
    const answer = await tryCreateModel(tenant.owner, many);
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "features");
  });
});
