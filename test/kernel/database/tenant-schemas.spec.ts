import { expect } from "chai";
import { sha256 } from "../../../src/kernel/crypto.js";
import { type Migration, readMigrations } from "../../../src/kernel/database/migrations.js";
import { TenantSchemas } from "../../../src/kernel/database/tenant-schemas.js";
import { failureOf, Ground, store } from "./ground.js";

const files = readMigrations("tenant");

/** The present files and one more with this SQL. */
const withOne = (sql: string): Migration[] => {
  const version = files.length + 1;
  return [...files, { version, name: "spec", sql, checksum: sha256(sql) }];
};

describe("the schemas of tenants", () => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await Ground.start({ tenants: 6 });
    // The first three belong to somebody; the others are warm.
    for (const position of [0, 1, 2]) {
      await ground.admin("update control.tenant_schema set tenant_id = $2 where name = $1", [
        ground.tenant(position),
        `tenant_${position}`,
      ]);
    }
  });
  afterEach(() => ground.stop());

  const schemasWith = (sql: string): TenantSchemas => new TenantSchemas(ground.url, withOne(sql));
  const versions = async (): Promise<unknown[]> =>
    (await ground.admin("select version from control.tenant_schema order by name")).map(
      (row) => row["version"],
    );
  const at = (version: number, count: number): number[] => Array.from({ length: count }, () => version);

  it("are made until as many are warm as are wanted, also by several at once", async () => {
    expect(await ground.schemas.refill(3)).to.equal(0);
    const made = await Promise.all([
      ground.schemas.refill(12),
      ground.schemas.refill(12),
      ground.schemas.refill(12),
    ]);
    expect(made.reduce((sum, count) => sum + count)).to.equal(9);
    expect(await ground.schemas.status()).to.deep.equal({
      versions: [{ version: files.length, tenants: 3, warm: 12 }],
      failures: [],
    });
  });

  it("have one fingerprint at one version, made or migrated, and show a change by another hand", async () => {
    const fingerprints = async (): Promise<number> =>
      Number(
        (
          await ground.admin("select count(distinct fingerprint)::int as count from control.tenant_schema")
        )[0]?.["count"],
      );
    expect(await fingerprints()).to.equal(1);
    const schemas = schemasWith(
      "alter table model add column spec text; create index spec_index on model (spec)",
    );
    await schemas.migrate();
    await schemas.refill(5);
    expect(await fingerprints()).to.equal(1);
    expect(await schemas.drifted()).to.deep.equal([]);
    const changes = [
      "alter table :schema.model add column odd text",
      "create index on :schema.model (target)",
      "grant delete on :schema.audit_event to :schema",
      "alter table :schema.audit_event disable trigger all",
      "create table :schema.odd ()",
      "create function :schema.odd() returns int language sql as 'select 1'",
    ];
    for (const [index, change] of changes.entries())
      await ground.admin(change.replaceAll(":schema", ground.tenant(index)));
    const seen: number[] = [];
    expect(await schemas.drifted((done) => void seen.push(done))).to.deep.equal(ground.tenants);
    expect(seen.at(-1)).to.equal(8);
  });

  it("show drift when they are gone or open to others", async () => {
    await ground.admin(`drop schema ${ground.tenant(0)} cascade`);
    await ground.admin(`grant usage on schema ${ground.tenant(1)} to public`);
    expect(await ground.schemas.drifted()).to.deep.equal([ground.tenant(0), ground.tenant(1)]);
  });

  it("are migrated all, warm ones first, and only once by two runs at a time", async () => {
    const schemas = schemasWith("alter table model add column spec text");
    const progress: number[] = [];
    const reports = await Promise.all([
      schemas.migrate({ parallel: 3, onProgress: (done) => void progress.push(done) }),
      schemas.migrate({ parallel: 3 }),
    ]);
    const total = reports.reduce((sum, { migrated }) => sum + migrated, 0);
    expect(total).to.equal(6);
    expect(reports.flatMap(({ failed }) => failed)).to.deep.equal([]);
    expect(await versions()).to.deep.equal(at(files.length + 1, 6));
    expect(progress.at(-1)).to.be.at.least(1);
    expect(await schemas.migrate()).to.deep.equal({ migrated: 0, upToDate: 0, failed: [] });
  });

  it("stay as they are when the canary fails, and the file may be mended", async () => {
    const error = await failureOf(
      schemasWith("alter table model add column spec text; select 1 / 0").migrate(),
    );
    expect(error.message).to.match(
      /^The canary t_\w+ failed, so no other tenant was tried: division by zero$/,
    );
    expect(error.message).to.include(ground.tenant(3));
    expect(await versions()).to.deep.equal(at(files.length, 6));
    expect(await schemasWith("alter table model add column spec text").migrate()).to.have.property(
      "migrated",
      6,
    );
    expect((await schemasWith("alter table model add column spec text").status()).failures).to.deep.equal([]);
  });

  it("go on where one tenant's rows stand in the way, which is told and tried again", async () => {
    await ground.scope(1).write("spec.store", (work) => work.query(store, ["twice"]));
    const schemas = schemasWith(
      "alter table sign_in_failure add constraint spec check (email_hash <> 'twice')",
    );
    const { migrated, failed } = await schemas.migrate();
    expect(migrated).to.equal(5);
    expect(failed.map(({ schema }) => schema)).to.deep.equal([ground.tenant(1)]);
    const { failures } = await schemas.status();
    expect(failures).to.have.length(1);
    expect(failures[0]).to.deep.include({ schema: ground.tenant(1), version: files.length });
    expect(failures[0]?.reason).to.include("spec");
    // Alone behind by now, it does not count as a canary, whose failure would keep a server from starting.
    expect((await schemas.migrate()).failed).to.have.length(1);
    await ground.admin(`delete from ${ground.tenant(1)}.sign_in_failure`);
    expect(await schemas.migrate()).to.deep.equal({ migrated: 1, upToDate: 0, failed: [] });
    expect((await schemas.status()).failures).to.deep.equal([]);
  });

  it("are not migrated by files that were edited, nor by a program older than they are", async () => {
    await schemasWith("alter table model add column spec text").migrate();
    const edited = await failureOf(schemasWith("alter table model add column other text").migrate());
    expect(edited.message).to.equal(
      `migrations/tenant: version ${files.length + 1} (spec) was edited after it was applied; add a new file instead.`,
    );
    const older = await failureOf(new TenantSchemas(ground.url, files).migrate());
    expect(older.message).to.include("is in the database but not in this program");
  });

  it("are dropped with their role, also by a second attempt", async () => {
    const schema = ground.tenant(0);
    await ground.schemas.drop(schema);
    await ground.schemas.drop(schema);
    expect(await ground.admin("select 1 from pg_roles where rolname = $1", [schema])).to.deep.equal([]);
    expect(await ground.admin("select 1 from pg_namespace where nspname = $1", [schema])).to.deep.equal([]);
    expect(await versions()).to.have.length(5);
  });

  it("bear names of our own making only", async () => {
    expect((await failureOf(ground.schemas.drop('t"; drop schema control cascade; --'))).message).to.include(
      "Not an identifier of ours",
    );
  });
});
