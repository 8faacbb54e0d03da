import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { clock } from "../../../src/kernel/clock.js";
import { sha256 } from "../../../src/kernel/crypto.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { eventually } from "../../support/time.js";
import { count, create, find, put, text } from "./support.js";

describe("datasets: a file uploaded", () => {
  let world: World;
  let tenant: TenantOfWorld;
  const now = clock.now;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("upload");
  });
  afterEach(() => {
    clock.now = now;
  });
  after(() => world.stop());

  it("begins PENDING, with a URL for an hour", async () => {
    const dataset = await create(tenant.owner, { name: "titanic" });
    expect(dataset).to.include({ status: "PENDING", rowCount: null, sizeBytes: null });
    expect(dataset.uploadUrl).to.match(/^http:\/\/127\.0\.0\.1:\d+\/uploads\/tup_[\w-]{86}$/);
    const hours = Date.parse(String(dataset["uploadExpiresAt"])) - Date.parse(String(dataset["createdAt"]));
    expect(hours).to.equal(3_600_000);
  });

  it("becomes READY with profile, size and SHA-256, without credentials and whatever the content type", async () => {
    const content = text("titanic.csv");
    for (const type of [
      "text/csv",
      "application/json",
      "application/octet-stream",
      "application/x-www-form-urlencoded",
    ]) {
      const { id, uploadUrl } = await create(tenant.owner, {});
      const answer = await put(world, uploadUrl, content, { "content-type": type });
      expect(answer).to.deep.equal({
        data: { id, status: "READY", rowCount: 891 },
        errors: undefined,
        status: 200,
      });
      expect(await find(tenant.owner, id)).to.include({
        status: "READY",
        rowCount: 891,
        sizeBytes: Buffer.byteLength(content),
        sha256: sha256(content),
      });
    }
  });

  it("profiles as it does inline", async () => {
    const content = text("penguins.csv");
    const fields =
      "columns { name kind missing distinct mean standardDeviation categories { value count } examples }";
    const inline = await create(tenant.owner, { content });
    const { id, uploadUrl } = await create(tenant.owner, {});
    await put(world, uploadUrl, new Blob([content]).stream());
    expect(await find(tenant.owner, id, fields)).to.deep.equal(await find(tenant.owner, inline.id, fields));
  });

  it("keeps a file of many pieces", async () => {
    const content = `n,text\n${Array.from({ length: 150_000 }, (_, row) => `${row},some words ${row % 7}\n`).join("")}`;
    const { id, uploadUrl } = await create(tenant.owner, {});
    expect(await put(world, uploadUrl, content)).to.deep.include({
      data: { id, status: "READY", rowCount: 150_000 },
    });
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(
      Math.ceil(Buffer.byteLength(content) / 2 ** 20),
    );
  });

  it("works once", async () => {
    const { uploadUrl } = await create(tenant.owner, {});
    expect(await put(world, uploadUrl, "a\n1\n")).to.include({ status: 200 });
    const second = await put(world, uploadUrl, "a\n2\n");
    expect(second).to.failWith("CONFLICT");
    expect(second.status).to.equal(409);
  });

  it("lets one of two at the same time win", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    const both = await Promise.all(["a\n1\n", "a\n1\n2\n"].map((body) => put(world, uploadUrl, body)));
    expect(both.map(({ status }) => status)).to.have.members([200, 409]);
    expect(both.find(({ status }) => status === 409)).to.failWith("CONFLICT");
    const winner = both.find(({ status }) => status === 200);
    expect(await find(tenant.owner, id, "id status rowCount")).to.deep.equal(winner?.data);
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(1);
    expect(await count(world, tenant, "usage_event", `subject = '${id}'`)).to.equal(1);
  });

  it("stays PENDING when the sender is cut off, and can be tried again", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(`PUT ${uploadUrl} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\na,b\n1,2\n`);
    socket.end();
    socket.resume();
    await once(socket, "close");
    expect(await find(tenant.owner, id, "status")).to.deep.equal({ status: "PENDING" });
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
    expect(await put(world, uploadUrl, "a\n1\n")).to.include({ status: 200 });
  });

  it("finds a place beside the stalled uploads of others", async () => {
    const others = await Promise.all(["stalled-one", "stalled-two"].map((slug) => world.tenant(slug)));
    const { hostname, port } = new URL(world.url);
    const sockets = await Promise.all(
      [...others, ...others].map(async ({ owner }) => {
        const { uploadUrl } = await create(owner, {});
        const socket = connect(Number(port), hostname);
        socket.on("error", () => {});
        socket.write(
          `PUT ${uploadUrl} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\na,b\n1,2\n`,
        );
        return socket;
      }),
    );
    // The third upload of a tenant is refused, which tells that its first two have their places.
    for (const { owner } of others)
      await eventually(async () => {
        const { uploadUrl } = await create(owner, {});
        return (await put(world, uploadUrl, "a\n1\n")).status === 429;
      });
    const { uploadUrl } = await create(tenant.owner, {});
    expect(await put(world, uploadUrl, "a\n1\n")).to.include({ status: 200 });
    for (const socket of sockets) socket.destroy();
  });

  it("answers while a large bad file is still being sent", async () => {
    const { uploadUrl } = await create(tenant.owner, {});
    const rows = Buffer.from("1,2\n".repeat(16_384));
    let left = 200;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(left === 200 ? Buffer.from("a,a\n") : rows);
        if (--left === 0) controller.close();
      },
    });
    expect(await put(world, uploadUrl, body)).to.failWith("DATASET_DUPLICATE_COLUMN");
  });

  it("is refused and shown as EXPIRED after its hour, and can be deleted", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    const person = await tenant.apiKey(["dataset:read", "dataset:delete"]);
    clock.now = () => new Date(now().getTime() + 3_600_001);
    expect(await put(world, uploadUrl, "a\n1\n")).to.satisfy(
      ({ status }: { status: number }) => status >= 400,
    );
    expect(await find(person, id, "status")).to.deep.equal({ status: "EXPIRED" });
    const { deleteDataset } = await person.get(
      "mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id status } } }",
      { id },
    );
    expect(deleteDataset.dataset).to.deep.equal({ id, status: "EXPIRED" });
  });

  it("answers NOT_FOUND to tokens that are none", async () => {
    const { uploadUrl } = await create(tenant.owner, {});
    const flipped = uploadUrl.slice(0, -1) + (uploadUrl.endsWith("A") ? "B" : "A");
    for (const url of [
      flipped,
      "/uploads/tup_",
      "/uploads/%00",
      `${uploadUrl}x`,
      `/uploads/${"x".repeat(90)}`,
    ]) {
      const answer = await put(world, url, "a\n1\n");
      expect(answer.errors?.[0]?.extensions?.code, url).to.equal("NOT_FOUND");
      expect(answer.status, url).to.equal(404);
    }
  });

  it("takes PUT only", async () => {
    const { uploadUrl } = await create(tenant.owner, {});
    const response = await fetch(new URL(uploadUrl, world.url));
    expect(response.status).to.equal(405);
  });
});
