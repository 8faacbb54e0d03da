import { expect } from "chai";
import { sha256 } from "../../../src/kernel/crypto.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { count, create, find, text, tryCreate } from "./support.js";

describe("datasets: a file inline", () => {
  let world: World;
  let tenant: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("inline");
  });
  after(() => world.stop());

  it("is READY in the answer, with the file's size and SHA-256", async () => {
    const content = text("penguins.csv");
    const dataset = await create(tenant.owner, { name: "penguins", content });
    expect(dataset).to.include({
      name: "penguins",
      format: "CSV",
      header: true,
      status: "READY",
      rowCount: 344,
      sizeBytes: Buffer.byteLength(content),
      sha256: sha256(content),
      uploadUrl: null,
      uploadExpiresAt: null,
    });
    expect(dataset.id).to.match(/^dataset_[0-9a-z]{26}$/);
  });

  it("reads TSV, where a quote is a character", async () => {
    const dataset = await create(tenant.owner, { format: "TSV", content: text("sms-spam.tsv") });
    expect(dataset.rowCount).to.equal(text("sms-spam.tsv").trimEnd().split("\n").length - 1);
  });

  it("names the columns c0, c1, … without a header line", async () => {
    const dataset = await create(tenant.owner, { header: false, content: "1,red\n2,blue\n" });
    expect(dataset).to.deep.include({ header: false, rowCount: 2 });
    expect(dataset["columns"]).to.deep.equal([
      { name: "c0", kind: "NUMBER", missing: 0 },
      { name: "c1", kind: "TEXT", missing: 0 },
    ]);
  });

  it("takes header: null as the default", async () => {
    expect(await create(tenant.owner, { header: null, content: "a\n1\n" })).to.include({
      header: true,
      rowCount: 1,
    });
  });

  it("takes a byte-order mark, quoted line breaks and characters outside the plane", async () => {
    const content = `\u{feff}name,says\r\nAda,"one\ntwo ""three"""\r\nBob,${"x".repeat(127)}😀\r\n`;
    const { id } = await create(tenant.owner, { content });
    const dataset = await find(tenant.owner, id, "rowCount columns { name examples }");
    expect(dataset).to.deep.equal({
      rowCount: 2,
      columns: [
        { name: "name", examples: ["Ada", "Bob"] },
        // A cut inside a surrogate pair would leave half a character, which JSON in Postgres refuses.
        { name: "says", examples: ['one\ntwo "three"', "x".repeat(127)] },
      ],
    });
  });

  it("counts the limit of 1 MiB in bytes of UTF-8, and names the way for larger files", async () => {
    const fits = `a\n${"é\n".repeat(349_524)}`;
    expect(Buffer.byteLength(fits)).to.be.within(1024 * 1024 - 3, 1024 * 1024);
    expect(await create(tenant.owner, { content: fits })).to.include({ status: "READY", rowCount: 349_524 });
    const before = await count(world, tenant, "dataset");
    const answer = await tryCreate(tenant.owner, { content: `${fits}é\n` });
    expect(answer).to.failWith("DATASET_TOO_LARGE");
    expect(answer.errors?.[0]?.message).to.include("uploadUrl");
    expect(answer.errors?.[0]?.extensions).to.deep.include({ limit: 1024 * 1024 });
    expect(await count(world, tenant, "dataset")).to.equal(before);
  });

  for (const [what, name] of [
    ["empty", ""],
    ["white", "   "],
    ["too long", "n".repeat(201)],
    ["with a line break", "two\nlines"],
    ["with a NUL", "a\0b"],
  ]) {
    it(`refuses a name that is ${what}`, async () => {
      const answer = await tryCreate(tenant.owner, { name, content: "a\n1\n" });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("0.path", "name");
    });
  }

  it("takes a name of 200 characters, twice", async () => {
    const name = "ñ".repeat(200);
    await create(tenant.owner, { name, content: "a\n1\n" });
    expect(await create(tenant.owner, { name, content: "a\n1\n" })).to.include({ name });
  });

  it("refuses a format it doesn't know", async () => {
    expect(await tryCreate(tenant.owner, { format: "XLSX", content: "a\n1\n" })).to.failWith(
      "BAD_USER_INPUT",
    );
  });

  it("makes one dataset of a call repeated under one idempotency key", async () => {
    const client = tenant.owner.with({ "idempotency-key": "once" });
    const [first, second] = [
      await tryCreate(client, { content: "a\n1\n" }),
      await tryCreate(client, { content: "a\n1\n" }),
    ];
    expect(first).to.succeed();
    expect(second.data).to.deep.equal(first.data);
  });

  it("is listed newest first, counted, and found as a node", async () => {
    const { id } = await create(tenant.owner, { name: "the newest", content: "a\n1\n" });
    const query =
      "query ($id: ID!) { node(id: $id) { id ... on Dataset { name } } datasets(first: 1) { totalCount nodes { id } } }";
    const { node, datasets } = await tenant.owner.get(query, { id });
    expect(node).to.deep.equal({ id, name: "the newest" });
    expect(datasets).to.deep.equal({ totalCount: await count(world, tenant, "dataset"), nodes: [{ id }] });
  });
});
