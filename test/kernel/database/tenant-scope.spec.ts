import { expect } from "chai";
import { ControlPlane } from "../../../src/kernel/database/control-work.js";
import { failure, failureOf, Ground, store, whereabouts } from "./ground.js";

describe("a tenant's scope", () => {
  let ground: Ground;
  before(async () => {
    ground = await Ground.start();
    await ground.scope(0).write("spec.store", (work) => work.query(store, ["mine"]));
    await ground.scope(1).write("spec.store", (work) => work.query(store, ["theirs"]));
  });
  after(() => ground.stop());

  it("shows a tenant its own rows alone, in every way of reading", async () => {
    const scope = ground.scope(0);
    expect(await scope.query("select email_hash from sign_in_failure")).to.deep.equal([
      { email_hash: "mine" },
    ]);
    expect(
      await scope.query(
        "select email_hash from sign_in_failure where email_hash = $1",
        ["theirs"],
        "spec_by_hash",
      ),
    ).to.deep.equal([]);
    expect(
      await scope.query(
        "select email_hash from sign_in_failure where email_hash = $1",
        ["mine"],
        "spec_by_hash",
      ),
    ).to.have.length(1);
    expect(
      (await scope.read((manager) => manager.find(failure))).map(({ emailHash }) => emailHash),
    ).to.deep.equal(["mine"]);
    expect(
      await scope.read((_manager, sql) => sql.query("select email_hash from sign_in_failure")),
    ).to.deep.equal([{ email_hash: "mine" }]);
    expect(await scope.read((manager) => manager.findOneBy(failure, { emailHash: "theirs" }))).to.equal(null);
  });

  it("finds a first row for an empty condition, which is why clients' objects never become one", async () => {
    // TypeORM's trap, held here so that a change of it is noticed: the row is at least never another tenant's.
    expect(await ground.scope(0).read((manager) => manager.findOneBy(failure, {}))).to.have.property(
      "emailHash",
      "mine",
    );
    const undefinedId = (): Promise<unknown> =>
      ground.scope(0).read((manager) => manager.findOneBy(failure, { emailHash: undefined }));
    const found = await undefinedId().catch(() => null);
    if (found !== null) expect(found).to.have.property("emailHash", "mine");
  });

  it("cannot write while it reads", async () => {
    const scope = ground.scope(0);
    const readOnly = "cannot execute INSERT in a read-only transaction";
    expect((await failureOf(scope.query(store, ["written"]))).message).to.equal(readOnly);
    expect((await failureOf(scope.read((_manager, sql) => sql.query(store, ["written"])))).message).to.equal(
      readOnly,
    );
    const inserting = scope.read((manager) =>
      manager.insert(failure, { emailHash: "written", failures: 1, lastAt: new Date() }),
    );
    expect((await failureOf(inserting)).message).to.equal(readOnly);
    for (const way of ["set transaction read write", "set session characteristics as transaction read write"])
      expect((await failureOf(scope.read((_manager, sql) => sql.query(way)))).message).to.include(
        "only statements on rows",
      );
    expect(
      (await failureOf(scope.query("select set_config('transaction_read_only', 'off', true)"))).message,
    ).to.include("permission denied");
    expect(await ground.stored(0)).to.deep.equal(["mine"]);
  });

  it("reads and writes inside the unit of work it has joined, and nowhere else", async () => {
    const scope = ground.scope(0);
    const error = await failureOf(
      scope.write("spec.outer", async (work) => {
        const joined = scope.within(work);
        await joined.write("spec.inner", (inner) => inner.query(store, ["joined"]));
        expect(await joined.query("select count(*)::int as count from sign_in_failure")).to.deep.equal([
          { count: 2 },
        ]);
        expect(await joined.read((manager) => manager.count(failure))).to.equal(2);
        // Its connection is another, on which what the unit of work has written cannot be seen.
        expect(() => joined.raw({ text: "select 1" })).to.throw("joins no transaction");
        throw new Error("undo all of it");
      }),
    );
    expect(error.message).to.equal("undo all of it");
    expect(await ground.stored(0)).to.deep.equal(["mine"]);
  });

  it("seals for one tenant and one place", () => {
    const [mine, theirs] = [ground.scope(0), ground.scope(1)];
    const sealed = mine.seal(Buffer.from("secret"), "model:1");
    expect(mine.open(sealed, "model:1").toString()).to.equal("secret");
    expect(() => mine.open(sealed, "model:2")).to.throw();
    expect(() => theirs.open(sealed, "model:1")).to.throw();
    expect(mine.id).to.equal("tenant_0");
  });

  it("keeps tenants apart while many of both are served by two connections", async () => {
    const one = async (position: number): Promise<string> => {
      const [row] = await ground
        .scope(position)
        .query<{ email_hash: string }>("select email_hash from sign_in_failure");
      const again = await ground.scope(position).read((manager) => manager.find(failure));
      return `${position}: ${row?.email_hash} ${again.map(({ emailHash }) => emailHash).join()}`;
    };
    const seen = await Promise.all(Array.from({ length: 200 }, (_, index) => one(index % 2)));
    expect(new Set(seen)).to.deep.equal(new Set(["0: mine mine", "1: theirs theirs"]));
  });

  describe("and the control plane beside it", () => {
    it("is the application, sees the control schema and no tenant's", async () => {
      const control = new ControlPlane(ground.source);
      expect(await control.query(whereabouts)).to.deep.equal([
        { role: "tenfold_app", path: '"$user", public' },
      ]);
      expect(await control.query("select name from control.tenant_schema")).to.have.length(2);
      const error = await failureOf(control.query(`select * from ${ground.tenant(0)}.sign_in_failure`));
      expect(error.message).to.include("permission denied for schema");
      expect(await control.read((manager) => manager.query("select 1 as one"))).to.deep.equal([{ one: 1 }]);
    });

    it("acts inside the transaction it has joined", async () => {
      const control = new ControlPlane(ground.source);
      const row = "insert into control.revocation values ('spec', now(), now())";
      const count = "select count(*)::int as count from control.revocation";
      const settled: string[] = [];
      const undone = control.write(async (work) => {
        work.afterCommit(() => void settled.push("undone"));
        const joined = control.within(work);
        await joined.query(row);
        expect(await joined.read((manager) => manager.query(count))).to.deep.equal([{ count: 1 }]);
        await joined.write((same) => same.query(count));
        throw new Error("undo");
      });
      expect((await failureOf(undone)).message).to.equal("undo");
      expect(await control.query(count)).to.deep.equal([{ count: 0 }]);
      await control.write(async (work) => {
        work.afterCommit(() => void settled.push("done"));
        await work.query(row);
      });
      expect(await control.query(count)).to.deep.equal([{ count: 1 }]);
      expect(settled).to.deep.equal(["done"]);
    });
  });
});
