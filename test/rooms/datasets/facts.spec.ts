import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { count, create, put } from "./support.js";

describe("datasets: what commits together", () => {
  let world: World;
  let tenant: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("facts");
  });
  after(() => world.stop());

  const transactionsOf = async (id: string): Promise<Record<string, string[]>> => {
    const xmin = async (table: string, column: string): Promise<string[]> => {
      const rows = await world.admin<{ x: string }>(
        `select distinct xmin::text as x from ${tenant.schema}.${table} where ${column} = $1`,
        [id],
      );
      return rows.map(({ x }) => x);
    };
    return {
      dataset: await xmin("dataset", "id"),
      pieces: await xmin("dataset_piece", "dataset_id"),
      usage: await xmin("usage_event", "subject"),
    };
  };

  it("writes an upload's row, pieces and usage in one transaction", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    await put(world, uploadUrl, "a\n1\n2\n");
    const { dataset, pieces, usage } = await transactionsOf(id);
    expect(dataset).to.have.length(1);
    expect([pieces, usage]).to.deep.equal([dataset, dataset]);
  });

  it("meters the bytes for who asked for the URL", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    await put(world, uploadUrl, "a\n1\n2\n");
    const { viewer } = await tenant.owner.get("{ viewer { id } }");
    const rows = await world.admin(
      `select meter, quantity::int, actor from ${tenant.schema}.usage_event where subject = $1`,
      [id],
    );
    expect(rows).to.deep.equal([{ meter: "DATASET_BYTES", quantity: 6, actor: viewer.id }]);
  });

  it("leaves nothing of an upload whose usage can't be written", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    await world.admin(
      `alter table ${tenant.schema}.usage_event add constraint refuse check (subject <> '${id}')`,
    );
    expect(await put(world, uploadUrl, "a\n1\n")).to.failWith("INTERNAL");
    await world.admin(`alter table ${tenant.schema}.usage_event drop constraint refuse`);
    expect(
      await count(world, tenant, "dataset", `id = '${id}' and status = 'PENDING' and columns is null`),
    ).to.equal(1);
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
    expect(await put(world, uploadUrl, "a\n1\n")).to.include({ status: 200 });
  });

  const deleting =
    "mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id name rowCount } } }";

  it("deletes the file with the dataset and keeps the usage", async () => {
    const { id } = await create(tenant.owner, { name: "gone", content: "a\n1\n" });
    const { deleteDataset } = await tenant.owner.get(deleting, { id });
    expect(deleteDataset.dataset).to.deep.equal({ id, name: "gone", rowCount: 1 });
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
    expect(await count(world, tenant, "usage_event", `subject = '${id}'`)).to.equal(1);
    expect(await tenant.owner.send(deleting, { id })).to.failWith("NOT_FOUND");
  });

  it("refuses an upload to a dataset deleted meanwhile", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    await tenant.owner.get(deleting, { id });
    expect(await put(world, uploadUrl, "a\n1\n")).to.failWith("NOT_FOUND");
  });

  it("refuses to delete what a training needs, and lets finished ones go on without it", async () => {
    const { id } = await create(tenant.owner, { content: "a\n1\n" });
    const { schema } = tenant;
    await world.admin(
      `insert into ${schema}.model (id, name, type, created_at, updated_at) values ('model_x', 'x', 'CLASSIFICATION', now(), now())`,
    );
    for (const status of ["QUEUED", "RUNNING"]) {
      await world.admin(`delete from ${schema}.training_job`);
      await world.admin(
        `insert into ${schema}.training_job (id, model_id, dataset_id, status, seed, hyperparameters, plan, trained_ms, created_at)
         values ('job_x', 'model_x', $1, $2, 1, '{}', '{}', 0, now())`,
        [id, status],
      );
      expect(await tenant.owner.send(deleting, { id })).to.failWith("DATASET_IN_USE");
      expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(1);
    }
    await world.admin(`update ${schema}.training_job set status = 'SUCCEEDED'`);
    expect(await tenant.owner.send(deleting, { id })).to.succeed();
    expect(await count(world, tenant, "training_job", "dataset_id is null")).to.equal(1);
  });
});
