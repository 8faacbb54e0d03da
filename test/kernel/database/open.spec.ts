import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pg from "pg";
import { type Config, loadConfig } from "../../../src/kernel/config.js";
import { openDatabase } from "../../../src/kernel/database/open.js";
import { createLog } from "../../../src/kernel/log.js";
import { masterKey, sharedCluster } from "../../support/cluster.js";
import { failureOf } from "./ground.js";

const log = createLog("silent");

describe("opening the database", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tenfold-open-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const embedded = (): Config => ({ ...loadConfig({ TENFOLD_DATA: directory }), durability: "fast" });

  it("brings up an embedded one with its wall, a key of its own, and finds both again", async () => {
    const first = await openDatabase(embedded(), log);
    expect(first.missingStones).to.deep.equal([]);
    expect(await first.schemas.refill(1)).to.equal(1);
    await first.close();
    const key = readFileSync(join(directory, "master-key"), "utf8");
    expect(key).to.match(/^[0-9a-f]{64}\n$/);
    expect(statSync(join(directory, "master-key")).mode & 0o777).to.equal(0o600);
    const second = await openDatabase(embedded(), log);
    const client = new pg.Client({ connectionString: second.url });
    await client.connect();
    const { rows } = await client.query(
      "select current_user as login, (select count(*)::int from control.tenant_schema) as warm",
    );
    expect(rows).to.deep.equal([{ login: "tenfold_app", warm: 1 }]);
    await client.end();
    await second.close();
    expect(readFileSync(join(directory, "master-key"), "utf8")).to.equal(key);
  });

  it("opens another's with the stones it withholds, and not without those that are ours", async () => {
    const cluster = await sharedCluster();
    const url = await cluster.database();
    const config = loadConfig({ DATABASE_URL: url, TENFOLD_MASTER_KEY: masterKey, TENFOLD_DATA: directory });
    // The start revokes plpgsql alone: another trusted language stands for what a managed Postgres keeps open.
    await cluster.execute(
      "create language spec_pl handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator; update pg_language set lanpltrusted = true where lanname = 'spec_pl'",
      [],
      url,
    );
    const database = await openDatabase(config, log);
    expect(database.missingStones).to.deep.equal(["PUBLIC cannot use a procedural language"]);
    await database.close();
    await cluster.execute("grant usage on schema control to public", [], url);
    expect((await failureOf(openDatabase(config, log))).message).to.equal(
      "The isolation of tenants is broken: PUBLIC cannot use the control schema.",
    );
    await cluster.execute(
      "revoke usage on schema control from public; update control.tenant_migration set checksum = 'edited' where version = 1; insert into control.tenant_migration values (1, 'identity', 'edited') on conflict do nothing",
      [],
      url,
    );
    expect((await failureOf(openDatabase(config, log))).message).to.include(
      "was edited after it was applied",
    );
    const unmigrated = await openDatabase(config, log, { migrateTenants: false });
    await unmigrated.close();
  });
});
