import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { World } from "../../support/world.js";

const migration = (name: string): string =>
  readFileSync(join("migrations", "tenant", name), "utf8").replaceAll(":tenant_role", "public");

describe("datasets: the migration to versions", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("makes each dataset that there is the first of a series of its own", async () => {
    const inserting = `insert into dataset (id, name, format, header, status, created_at, updated_at)
      select 'dataset_' || n, 'd', 'CSV', true, 'PENDING', now(), now() from generate_series(1, 3) n;
      insert into dataset_piece values ('dataset_1', 0, '');`;
    await world.admin(
      `create schema before_versions; set search_path to before_versions;
       ${migration("0003_datasets.sql")} ${inserting} ${migration("0009_dataset_versions.sql")}`,
    );
    const rows = await world.admin(
      "select id, series_id, version, parent_id, images from before_versions.dataset order by id",
    );
    expect(rows).to.deep.equal(
      [1, 2, 3].map((n) => ({
        id: `dataset_${n}`,
        series_id: `dataset_${n}`,
        version: 1,
        parent_id: null,
        images: null,
      })),
    );
  });

  it("lets no two of a series have one number, and a parent go without its children", async () => {
    const add = (id: string, version: number): Promise<unknown> =>
      world.admin(
        `insert into before_versions.dataset (id, series_id, version, parent_id, name, format, header, status, created_at, updated_at)
         values ($1, 'dataset_1', $2, 'dataset_1', 'd', 'CSV', true, 'PENDING', now(), now())`,
        [id, version],
      );
    await add("dataset_4", 2);
    const twice = await add("dataset_5", 2).catch((error: { constraint: string }) => error.constraint);
    expect(twice).to.equal("dataset_series_version");
    await world.admin("delete from before_versions.dataset where id = 'dataset_1'");
    const rows = await world.admin("select parent_id from before_versions.dataset where id = 'dataset_4'");
    expect(rows).to.deep.equal([{ parent_id: null }]);
  });
});
