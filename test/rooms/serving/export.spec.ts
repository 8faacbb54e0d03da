import { createHash } from "node:crypto";
import { expect } from "chai";
import { unzipSync } from "fflate";
import { clock } from "../../../src/kernel/clock.js";
import type { Answer, Client } from "../../support/client.js";
import { eventually } from "../../support/time.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { deployedModel, metered, penguin, predict } from "../training/support.js";
import { openOnnx } from "../../support/onnx.js";

const document = `mutation ($input: ExportVersionInput!) { exportVersion(input: $input) {
  url expiresAt version { number engine sizeBytes } } }`;

describe("serving: versions as files", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let modelId: string;
  const now = clock.now;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("exports");
    other = await world.tenant("foreign");
    modelId = await deployedModel(tenant.owner);
  });
  afterEach(() => {
    clock.now = now;
  });
  after(() => world.stop());

  const tryExport = (client: Client, format = "ONNX", more: object = {}): Promise<Answer> =>
    client.send(document, { input: { modelId, version: "1.0.0", format, ...more } });
  const urlOf = async (format = "ONNX"): Promise<string> => {
    const { data, errors } = await tryExport(tenant.owner, format);
    if (errors) throw new Error(JSON.stringify(errors));
    return data.exportVersion.url;
  };
  let downloads = 0;
  const fetched = async (url: string) => {
    const response = await fetch(url);
    downloads += 1;
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  it("is served by onnxruntime, which the version, the answer and the metrics say", async () => {
    const { data } = await predict(tenant.owner, modelId);
    expect(data.predict.engine).to.equal("ONNXRUNTIME");
    expect(data.predict.version.engine).to.equal("ONNXRUNTIME");
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    expect(metrics).to.match(/tenfold_predictions_total\{engine="ONNXRUNTIME"\} [1-9]/);
  });

  it("gives a URL for ten minutes", async () => {
    const at = now();
    clock.now = () => at;
    const { data } = await tryExport(tenant.owner);
    expect(data.exportVersion.url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/downloads\/tdn_[\w-]{86}$/);
    expect(Date.parse(data.exportVersion.expiresAt) - at.getTime()).to.equal(600_000);
    expect(data.exportVersion.version.number).to.equal("1.0.0");
  });

  it("streams ONNX as one file that onnxruntime reads, as often as it is asked for", async () => {
    const url = await urlOf();
    const { response, bytes } = await fetched(url);
    expect(response.status).to.equal(200);
    expect(response.headers.get("content-type")).to.equal("application/octet-stream");
    expect(response.headers.get("content-disposition")).to.match(
      /^attachment; filename="version_\w{26}\.onnx"$/,
    );
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(Number(response.headers.get("content-length"))).to.equal(bytes.length);
    const session = await openOnnx(bytes);
    expect(session.outputNames).to.deep.equal(["scores"]);
    await session.release();
    expect(Buffer.from((await fetched(url)).bytes).equals(bytes)).to.equal(true);
  });

  for (const [format, names] of [
    ["TFJS", ["model.json", "weights.bin", "preprocessing.json"]],
    ["SAFETENSORS", ["model.safetensors", "preprocessing.json", "model.py"]],
  ] as const)
    it(`streams ${format} as an archive`, async () => {
      const { response, bytes } = await fetched(await urlOf(format));
      expect(response.headers.get("content-type")).to.equal("application/zip");
      expect(response.headers.get("content-disposition")).to.match(/filename="version_\w{26}\.zip"$/);
      const files = unzipSync(bytes);
      expect(Object.keys(files)).to.deep.equal(names);
      const { features } = JSON.parse(Buffer.from(files["preprocessing.json"] ?? []).toString());
      const columns: string[] = features.map(({ column }: { column: string }) => column);
      expect(columns).to.have.members(Object.keys(penguin));
    });

  it("meters the bytes given out and tells the trail of both steps", async () => {
    // Bytes are metered once they have left, a moment after the reader has them.
    await eventually(async () => (await metered(world, tenant, "EXPORT_BYTES")).events === downloads);
    const before = await metered(world, tenant, "EXPORT_BYTES");
    const { bytes } = await fetched(await urlOf());
    await eventually(async () => (await metered(world, tenant, "EXPORT_BYTES")).events > before.events);
    const { events, quantity } = await metered(world, tenant, "EXPORT_BYTES");
    expect({ events, quantity }).to.deep.equal({
      events: before.events + 1,
      quantity: before.quantity + bytes.length,
    });
    const trail = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event order by id desc limit 2`,
    );
    expect(trail.map(({ action }) => action)).to.deep.equal(["version.downloaded", "version.exported"]);
  });

  it("answers wrong, expired and foreign tokens alike, and keeps no secret", async () => {
    const url = await urlOf();
    const token = new URL(url).pathname.split("/")[2] ?? "";
    const [, , download] = token.split("_");
    // Which may hold underscores of its own.
    const secret = token.slice(-32);
    const foreign = `tdn_${other.id.split("_")[1]}_${download}_${secret}`;
    const changed = `${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`;
    const nowhere = url.replace(/tdn_\w{26}/, "tdn_01jfwq5k9hexb9r2pxy6x3k2zz");
    const wrong = [changed, nowhere, `${world.url}/downloads/${foreign}`, `${world.url}/downloads/x`];
    const answers = await Promise.all(wrong.map((each) => refusalOf(each)));
    const later = new Date(now().getTime() + 600_001);
    clock.now = () => later;
    answers.push(await refusalOf(url));
    for (const answer of answers)
      expect(answer).to.deep.equal({
        status: 404,
        code: "NOT_FOUND",
        message: "There is no such download URL, or no longer.",
      });
    const rows = await world.admin<{ row: string }>(
      `select to_jsonb(d)::text as row from ${tenant.schema}.download d`,
    );
    for (const { row } of rows) expect(row).not.to.include(secret);
    const digest = createHash("sha256").update(secret).digest("hex");
    expect(rows.filter(({ row }) => row.includes(digest)).length).to.be.at.most(1);
  });

  async function refusalOf(url: string) {
    const response = await fetch(url);
    const { errors } = (await response.json()) as {
      errors: { message: string; extensions: { code: string } }[];
    };
    return { status: response.status, code: errors[0]?.extensions.code, message: errors[0]?.message };
  }

  it("is not for who was deactivated since", async () => {
    const key = await tenant.apiKey(["model:export", "model:read"]);
    const { data } = await tryExport(key);
    const { apiKeys } = await tenant.owner.get("{ apiKeys { nodes { id } } }");
    await tenant.owner.get(
      "mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { id } } }",
      {
        input: { id: apiKeys.nodes[0].id },
      },
    );
    await eventually(async () => (await fetch(data.exportVersion.url)).status === 401);
  });

  it("needs the permission, and knows no foreign or missing version", async () => {
    expect(await tryExport(await tenant.person("VIEWER"))).to.failWith("FORBIDDEN");
    expect(await tryExport(await tenant.person("MEMBER"))).to.have.nested.property("data.exportVersion.url");
    const foreign = await tryExport(other.owner);
    const missing = await tryExport(tenant.owner, "ONNX", { version: "9.9.9" });
    for (const answer of [foreign, missing]) {
      expect(answer).to.failWith("NOT_FOUND");
      expect(answer.errors?.[0]?.message).to.equal("There is no such version of this model.");
    }
    expect(await tryExport(tenant.owner, "PICKLE")).to.have.nested.property(
      "errors[0].extensions.code",
      "BAD_USER_INPUT",
    );
  });

  it("forgets leave that has expired when it gives another", async () => {
    const url = await urlOf();
    const later = new Date(now().getTime() + 700_000);
    clock.now = () => later;
    await urlOf();
    clock.now = now;
    expect(await refusalOf(url)).to.include({ status: 404 });
    const [row] = await world.admin<{ count: number }>(
      `select count(*)::int as count from ${tenant.schema}.download`,
    );
    expect(row?.count).to.equal(1);
  });
});
