import { expect } from "chai";
import fc from "fast-check";
import { inTransaction, Transaction } from "../../../src/kernel/database/transaction.js";
import { failure, failureOf, Ground, store, whereabouts } from "./ground.js";

interface Whereabouts {
  role: string;
  path: string;
}

describe("a transaction", () => {
  let ground: Ground;
  before(async () => {
    ground = await Ground.start();
  });
  after(() => ground.stop());

  const outside = (): Promise<Whereabouts[]> => ground.source.query(whereabouts);
  /** Fails when a connection carries anything of a tenant's: there are two, so both are looked at. */
  const expectClean = async (): Promise<void> => {
    for (const [at] of await Promise.all([outside(), outside(), outside()])) {
      expect(at).to.deep.equal({ role: "tenfold_app", path: '"$user", public' });
    }
  };

  it("runs as the tenant, and as the application again once it leaves", async () => {
    const schema = ground.tenant(0);
    await inTransaction(ground.source, "write", async (transaction) => {
      expect(await transaction.query(whereabouts)).to.deep.equal([
        { role: "tenfold_app", path: '"$user", public' },
      ]);
      transaction.enter(schema);
      expect(await transaction.query(whereabouts)).to.deep.equal([
        { role: schema, path: `"${schema}", pg_temp` },
      ]);
      transaction.leave();
      expect(await transaction.query(whereabouts)).to.deep.equal([
        { role: "tenfold_app", path: "pg_catalog, pg_temp" },
      ]);
    });
    await expectClean();
  });

  it("commits what the body did, TypeORM's manager included", async () => {
    await inTransaction(ground.source, "write", async (transaction) => {
      transaction.enter(ground.tenant(0));
      await transaction.query(store, ["by statement"]);
      await transaction.manager.insert(failure, { emailHash: "by manager", failures: 1, lastAt: new Date() });
      await transaction.manager.save(failure, { emailHash: "by save", failures: 1, lastAt: new Date() });
    });
    expect(await ground.stored(0)).to.deep.equal(["by manager", "by save", "by statement"]);
    expect(await ground.stored(1)).to.deep.equal([]);
  });

  it("undoes everything when the body throws, with the body's own error", async () => {
    const error = await failureOf(
      inTransaction(ground.source, "write", async (transaction) => {
        transaction.enter(ground.tenant(1));
        await transaction.query(store, ["undone"]);
        throw new Error("changed my mind");
      }),
    );
    expect(error.message).to.equal("changed my mind");
    expect(await ground.stored(1)).to.deep.equal([]);
    await expectClean();
  });

  it("names the cause when a statement sent ahead failed, not the ones after it", async () => {
    const entering = (run: (transaction: Transaction) => Promise<unknown>): Promise<Error> =>
      failureOf(
        inTransaction(ground.source, "read", (transaction) => {
          transaction.enter("t_of_nobody");
          return run(transaction);
        }),
      );
    const missing = 'role "t_of_nobody" does not exist';
    expect((await entering((transaction) => transaction.query("select 1"))).message).to.include(missing);
    expect((await entering((transaction) => transaction.manager.find(failure))).message).to.include(missing);
    expect((await entering(async () => "nothing asked")).message).to.include(missing);
    const told = await failureOf(
      inTransaction(ground.source, "write", async (transaction) =>
        transaction.ahead({ text: "select 1 / $1::int", values: [0] }),
      ),
    );
    expect(told.message).to.equal("division by zero");
    await expectClean();
  });

  it("does not take a COMMIT that rolled back for a success", async () => {
    const error = await failureOf(
      inTransaction(ground.source, "write", async (transaction) => {
        transaction.enter(ground.tenant(1));
        await transaction.query(store, ["lost"]);
        await transaction.query("select 1 / 0").catch(() => "swallowed");
      }),
    );
    expect(error.message).to.equal("The transaction did not commit: ROLLBACK");
    expect(await ground.stored(1)).to.deep.equal([]);
  });

  it("fails when a constraint fails at the commit, and keeps its connection", async () => {
    await ground.admin(
      "create table control.late (id int unique deferrable initially deferred); grant all on control.late to tenfold_app",
    );
    const before = await ground.source.query("select pg_backend_pid() as pid");
    const error = await failureOf(
      inTransaction(ground.source, "write", async (transaction) => {
        await transaction.query("insert into control.late values (1), (1)");
      }),
    );
    expect(error.message).to.include("duplicate key");
    expect(await ground.source.query("select count(*)::int as count from control.late")).to.deep.equal([
      { count: 0 },
    ]);
    expect(before).to.have.length(1);
    await expectClean();
  });

  it("sends nothing behind its end: it would run as the application, or as the next tenant", async () => {
    const over = "The transaction is over: await every statement inside it.";
    let kept: Transaction | undefined;
    await inTransaction(ground.source, "write", async (transaction) => {
      kept = transaction;
      transaction.enter(ground.tenant(0));
    });
    for (const late of ["query", "ahead", "enter", "leave", "commit"] as const) {
      const call = async (): Promise<unknown> => {
        if (late === "query") return kept?.query("select 1");
        if (late === "ahead") return kept?.ahead({ text: "select 1" });
        if (late === "enter") return kept?.enter(ground.tenant(1));
        return kept?.[late]();
      };
      expect((await failureOf(call())).message, late).to.equal(over);
    }
    expect((await failureOf(kept?.manager.find(failure) ?? Promise.resolve())).message).to.match(/released/i);
  });

  it("refuses a statement that a body forgot to await, once the commit is on its way", async () => {
    let forgotten: Promise<unknown> = Promise.resolve();
    await inTransaction(ground.source, "write", async (transaction) => {
      transaction.enter(ground.tenant(0));
      // TypeORM sends a few ticks after the call, and by then the commit is out.
      forgotten = transaction.manager.query("select 1");
      forgotten.catch(() => {});
    });
    expect((await failureOf(forgotten)).message).to.match(/over|released/);
    await expectClean();
  });

  it("closes a connection that is given back in the middle", async () => {
    const transaction = await Transaction.begin(ground.source, "write");
    transaction.enter(ground.tenant(0));
    const [{ pid } = { pid: 0 }] = await transaction.query<{ pid: number }>("select pg_backend_pid() as pid");
    await transaction.release();
    await expectClean();
    const pids = await Promise.all(
      [1, 2, 3].map(() => ground.source.query("select pg_backend_pid() as pid")),
    );
    expect(pids.flat().map((row: { pid: number }) => row.pid)).not.to.include(pid);
  });

  it("gives its connection back where the database is lost before the first answer", async () => {
    const error = await failureOf(
      inTransaction(ground.source, "read", async () => {
        await ground.admin(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenfold' and datname = current_database()",
        );
        throw new Error("the body's own");
      }),
    );
    expect(error.message).to.equal("the body's own");
    await expectClean();
  });

  it("survives the loss of its connection", async () => {
    const error = await failureOf(
      inTransaction(ground.source, "write", async (transaction) => {
        const [{ pid } = { pid: 0 }] = await transaction.query<{ pid: number }>(
          "select pg_backend_pid() as pid",
        );
        await ground.admin("select pg_terminate_backend($1)", [pid]);
        await transaction.query("select 1");
      }),
    );
    expect(error.message).to.match(/terminat|connection/i);
    await expectClean();
  });

  type Step = "store" | "fail" | "swallow" | "forget" | "throw" | "leave" | "look";
  const script = fc.record({
    tenant: fc.nat({ max: 1 }),
    way: fc.constantFrom<"query" | "read" | "write" | "raw">("query", "read", "write", "raw"),
    steps: fc.array(fc.constantFrom<Step>("store", "fail", "swallow", "forget", "throw", "leave", "look"), {
      maxLength: 4,
    }),
  });

  /** Runs one script and answers every place it found itself at that was not its own tenant's. */
  async function play({
    tenant,
    way,
    steps,
  }: {
    tenant: number;
    way: string;
    steps: Step[];
  }): Promise<string[]> {
    const schema = ground.tenant(tenant);
    const astray: string[] = [];
    const note = (at: Whereabouts | undefined, inside: boolean): void => {
      const expected = inside ? schema : "tenfold_app";
      if (at && at.role !== expected) astray.push(`${at.role} in place of ${expected}`);
    };
    if (way === "query") {
      for (const step of steps) {
        if (step === "fail")
          await ground
            .scope(tenant)
            .query("select 1 / 0")
            .catch(() => {});
        else note((await ground.scope(tenant).query<Whereabouts>(whereabouts))[0], true);
      }
      return astray;
    }
    const body = async (transaction: Transaction): Promise<void> => {
      if (way !== "raw") transaction.enter(schema);
      let inside = way !== "raw";
      for (const step of steps) {
        if (step === "store" && inside) await transaction.query(store, [`${Math.random()}`]);
        if (step === "fail") await transaction.query("select 1 / 0");
        if (step === "swallow") await transaction.query("select 1 / 0").catch(() => {});
        if (step === "forget") void transaction.query(whereabouts).catch(() => {});
        if (step === "throw") throw new Error("thrown");
        if (step === "leave") transaction.leave();
        if (step === "leave") inside = false;
        if (step === "look") note((await transaction.query<Whereabouts>(whereabouts))[0], inside);
      }
    };
    await inTransaction(ground.source, way === "read" ? "read" : "write", body).catch(() => {});
    return astray;
  }

  it("never lends a role or a search path to the next, whatever fails in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 8 }), async (scripts) => {
        const astray = await Promise.all(scripts.map(play));
        expect(astray.flat()).to.deep.equal([]);
        await expectClean();
      }),
      { numRuns: 150 },
    );
  });
});
