import { createReadStream } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { anonymous } from "../../../src/kernel/context.js";
import type { TenantScope } from "../../../src/kernel/database/tenant-scope.js";
import type { TenfoldError } from "../../../src/kernel/errors.js";
import { type DatasetService, type Table } from "../../../src/rooms/datasets/index.js";
import { readTable, type Row } from "../../../src/rooms/datasets/reading/index.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { create, put, text } from "./support.js";

const rowsOf = async (table: Table): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const batch of table.batches) rows.push(...batch);
  return rows;
};

describe("datasets: reading a stored table", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let scope: TenantScope;
  let service: DatasetService;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("reading");
    const { tenancy, datasets } = world.app.house;
    service = datasets.datasets;
    const known = await tenancy.directory.find({ id: tenant.id });
    if (!known) throw new Error("the tenant is there");
    scope = tenancy.scope(known, {
      viewer: anonymous,
      origin: { requestId: "test", ip: null, userAgent: null },
    });
  });
  after(() => world.stop());

  const open = async (id: string): Promise<Table> =>
    service.openTable(scope, await service.require(scope, id));
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: TenfoldError) => error.code ?? error.message,
    );

  for (const [name, format] of [
    ["penguins.csv", "CSV"],
    ["digits-8x8.csv", "CSV"],
    ["sms-spam.tsv", "TSV"],
  ] as const) {
    it(`gives the rows of ${name} as the file has them`, async () => {
      const { id, uploadUrl } = await create(tenant.owner, { format });
      expect(await put(world, uploadUrl, text(name))).to.include({ status: 200 });
      const [stored, file] = [
        await open(id),
        await readTable(createReadStream(join("test", "data", name)), { format, header: true }),
      ];
      expect(stored.columns).to.deep.equal(file.columns);
      expect(await rowsOf(stored)).to.deep.equal(await rowsOf(file));
    });
  }

  it("gives the rows of a file of several pieces, cut anywhere", async () => {
    const content = `n,word\n${Array.from({ length: 120_000 }, (_, row) => `${row},größe ${row % 9}\n`).join("")}`;
    const { id, uploadUrl } = await create(tenant.owner, {});
    await put(world, uploadUrl, content);
    const rows = await rowsOf(await open(id));
    expect(rows).to.have.length(120_000);
    expect(rows.at(-1)).to.deep.equal(["119999", `größe ${119_999 % 9}`]);
    expect(rows.every(([n], index) => n === String(index))).to.equal(true);
  });

  it("finds in a transaction that is open already", async () => {
    const { id } = await create(tenant.owner, { content: "a\n1\n" });
    const found = await scope.read((manager) => service.require(manager, id));
    expect(found).to.include({ id, rowCount: 1, sizeBytes: 4 });
    expect(await codeOf(scope.read((manager) => service.require(manager, "dataset_none")))).to.equal(
      "NOT_FOUND",
    );
  });

  it("refuses a dataset without its file", async () => {
    const { id } = await create(tenant.owner, {});
    expect(await codeOf(open(id))).to.equal("DATASET_NOT_READY");
  });

  it("fails on a piece that is altered, and on one that is gone", async () => {
    const { id } = await create(tenant.owner, { content: "a\n1\n" });
    const dataset = await service.require(scope, id);
    await world.admin(
      `update ${tenant.schema}.dataset_piece set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) where dataset_id = $1`,
      [id],
    );
    expect(await codeOf(service.openTable(scope, dataset))).not.to.equal("none");
    await world.admin(`delete from ${tenant.schema}.dataset_piece where dataset_id = $1`, [id]);
    expect(await codeOf(service.openTable(scope, dataset))).to.equal("NOT_FOUND");
  });

  it("stops when told to", async () => {
    const { id } = await create(tenant.owner, { content: text("titanic.csv") });
    const abort = new AbortController();
    abort.abort(new Error("cancelled"));
    const dataset = await service.require(scope, id);
    expect(await codeOf(service.openTable(scope, dataset, abort.signal))).to.equal("cancelled");
  });
});
