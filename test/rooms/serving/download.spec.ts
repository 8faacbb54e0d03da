import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import type { TenantOfWorld } from "../../support/world.js";
import { World } from "../../support/world.js";
import { createDataset, deployedModel, metered, until } from "../training/support.js";
import { batchEnded, manyPenguins, resultUrl, startBatch, uploadDataset } from "./batch/support.js";

describe("serving: files fetched in parts", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("ranges");
    modelId = await deployedModel(tenant.owner);
  });
  after(() => world.stop());

  async function exportUrl(format: string): Promise<string> {
    const { exportVersion } = await tenant.owner.get(
      "mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }",
      { input: { modelId, version: "1.0.0", format } },
    );
    return exportVersion.url;
  }
  async function batchUrl(content?: string): Promise<string> {
    const datasetId = content
      ? await uploadDataset(tenant.owner, content)
      : await createDataset(tenant.owner);
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    await batchEnded(tenant.owner, id);
    return resultUrl(tenant.owner, id);
  }
  const fetched = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  for (const [what, urlOf] of [
    ["a model in one file", () => exportUrl("ONNX")],
    ["an archive", () => exportUrl("SAFETENSORS")],
    ["a result of several pieces", () => batchUrl(manyPenguins(2_500))],
  ] as const)
    it(`gives ${what} as a whole and in parts that fit together`, async () => {
      const url = await urlOf();
      const { response, bytes } = await fetched(url);
      const etag = response.headers.get("etag") ?? "";
      expect(etag).to.match(/^"[\w-]+"$/);
      expect(response.headers.get("accept-ranges")).to.equal("bytes");
      expect(Number(response.headers.get("content-length"))).to.equal(bytes.length);
      const middle = Math.floor(bytes.length / 3);
      const parts: Buffer[] = [];
      for (const range of [`0-${middle}`, `${middle + 1}-`]) {
        const part = await fetched(url, { range: `bytes=${range}`, "if-range": etag });
        expect(part.response.status).to.equal(206);
        expect(part.response.headers.get("content-range")).to.match(
          new RegExp(`^bytes ${range.split("-")[0]}-\\d+/${bytes.length}$`),
        );
        parts.push(part.bytes);
      }
      expect(Buffer.concat(parts).equals(bytes)).to.equal(true);
      const last = await fetched(url, { range: "bytes=-10" });
      expect(last.bytes.equals(bytes.subarray(-10))).to.equal(true);
      const changed = await fetched(url, { range: "bytes=5-", "if-range": '"another"' });
      expect(changed.response.status).to.equal(200);
      expect(changed.bytes.equals(bytes)).to.equal(true);
    });

  it("tells the size to whoever asks beyond the end, or asks by HEAD, and meters neither", async () => {
    const url = await batchUrl();
    const before = await metered(world, tenant, "EXPORT_BYTES");
    const head = await fetch(url, { method: "HEAD" });
    const size = Number(head.headers.get("content-length"));
    expect(head.status).to.equal(200);
    expect(head.headers.get("content-type")).to.contain("text/csv");
    expect(head.headers.get("x-content-type-options")).to.equal("nosniff");
    expect(size).to.be.greaterThan(1_000);
    const beyond = await fetch(url, { headers: { range: `bytes=${size}-` } });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers.get("content-range")).to.equal(`bytes */${size}`);
    const { errors } = (await beyond.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).to.equal("BAD_USER_INPUT");
    expect(await metered(world, tenant, "EXPORT_BYTES")).to.deep.equal(before);
    expect((await fetch(`${url}x`, { method: "HEAD" })).status).to.equal(404);
  });

  it("meters a part as a part, in one event", async () => {
    const url = await batchUrl();
    const before = await metered(world, tenant, "EXPORT_BYTES");
    await fetched(url, { range: "bytes=100-299" });
    const expected = { events: before.events + 1, quantity: before.quantity + 200 };
    await until(async () => (await metered(world, tenant, "EXPORT_BYTES")).events > before.events);
    expect(await metered(world, tenant, "EXPORT_BYTES")).to.deep.equal(expected);
  });

  it("meters what left where the reader goes away, in one event too", async () => {
    const url = new URL(await batchUrl(manyPenguins(60_000)));
    const size = Number((await fetch(url, { method: "HEAD" })).headers.get("content-length"));
    const before = await metered(world, tenant, "EXPORT_BYTES");
    const socket = connect(Number(url.port), url.hostname);
    socket.write(`GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
    // Nothing is read but what begins the answer, so that what the system buffers is all that leaves.
    await once(socket, "readable");
    socket.destroy();
    await until(async () => (await metered(world, tenant, "EXPORT_BYTES")).events > before.events);
    const after = await metered(world, tenant, "EXPORT_BYTES");
    expect(after.events).to.equal(before.events + 1);
    expect(after.quantity - before.quantity).to.be.within(1, size - 1);
  });

  it("has metered what it gave out when it stops, though a reader was slow", async () => {
    const own = await World.start({}, world);
    const url = new URL(await batchUrl(manyPenguins(60_000)));
    const before = await metered(world, tenant, "EXPORT_BYTES");
    const socket = connect(Number(new URL(own.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`GET ${url.pathname} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    await once(socket, "readable");
    const stopping = own.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await stopping;
    const after = await metered(world, tenant, "EXPORT_BYTES");
    expect(after.events).to.equal(before.events + 1);
    expect(after.quantity).to.be.greaterThan(before.quantity);
  });
});
