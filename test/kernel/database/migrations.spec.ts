import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { asAdministrator } from "../../../src/kernel/database/administration.js";
import { migrateControl, readMigrations } from "../../../src/kernel/database/migrations.js";
import { failureOf, Ground } from "./ground.js";

describe("migrations", () => {
  let directory: string;
  let ground: Ground;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "tenfold-migrations-"));
    mkdirSync(join(directory, "control"));
    ground = await Ground.start({ tenants: 0 });
    await ground.admin("truncate control.migration");
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await ground.stop();
  });

  const file = (name: string, sql = "select 1"): void => writeFileSync(join(directory, "control", name), sql);
  const run = (): Promise<number> =>
    asAdministrator(ground.url, (client) => migrateControl(client, readMigrations("control", directory)));

  it("are numbered files without a gap", () => {
    file("0001_first.sql");
    file("0002_second.sql");
    file("notes.txt");
    expect(readMigrations("control", directory).map(({ version, name }) => [version, name])).to.deep.equal([
      [1, "first"],
      [2, "second"],
    ]);
    file("0004_fourth.sql");
    expect(() => readMigrations("control", directory)).to.throw(
      "migrations/control/0004_fourth.sql: expected number 3.",
    );
    file("0003_Third.sql");
    expect(() => readMigrations("control", directory)).to.throw("expected number 3");
  });

  it("run once, by servers that start together too", async () => {
    file("0001_first.sql", "create table control.spec (id int)");
    file("0002_second.sql", "insert into control.spec values (1)");
    expect((await Promise.all([run(), run(), run()])).toSorted()).to.deep.equal([0, 0, 2]);
    expect(await ground.admin("select id from control.spec")).to.deep.equal([{ id: 1 }]);
  });

  it("leave nothing of a file that fails, and keep those before it", async () => {
    file("0001_first.sql", "create table control.spec (id int)");
    file("0002_second.sql", "insert into control.spec values (1); select 1 / 0");
    expect((await failureOf(run())).message).to.equal("migrations/control/second: division by zero");
    expect(await ground.admin("select * from control.spec")).to.deep.equal([]);
    file("0002_second.sql", "insert into control.spec values (2)");
    expect(await run()).to.equal(1);
  });

  it("refuse a file that was edited after it ran, and a database from the future", async () => {
    file("0001_first.sql");
    file("0002_second.sql");
    await run();
    file("0001_first.sql", "select 2");
    expect((await failureOf(run())).message).to.equal(
      "migrations/control: version 1 (first) was edited after it was applied; add a new file instead.",
    );
    file("0001_first.sql");
    rmSync(join(directory, "control", "0002_second.sql"));
    expect((await failureOf(run())).message).to.equal(
      "migrations/control: version 2 (second) is in the database but not in this program; start a newer one.",
    );
  });
});
