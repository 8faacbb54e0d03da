import { expect } from "chai";
import pg from "pg";
import { lanesOf, ReadLanes } from "../../../src/kernel/database/read-lanes.js";
import { failureOf, Ground, store, whereabouts } from "./ground.js";

const who = { text: whereabouts };

describe("lanes of planned reads", () => {
  let ground: Ground;
  let lanes: ReadLanes;
  const tenants = [0, 1, 2, 3, 4, 5];

  before(async () => {
    ground = await Ground.start({ tenants: tenants.length });
    for (const position of tenants)
      await ground.scope(position).write("spec.store", (work) => work.query(store, [`of ${position}`]));
  });
  beforeEach(() => {
    lanes = new ReadLanes(ground.applicationUrl, 1);
  });
  afterEach(() => lanes.close());
  after(() => ground.stop());

  const read = (position: number, text: string, name?: string, values?: unknown[]) =>
    lanes.read(ground.tenant(position), { text, ...(name && { name }), ...(values && { values }) });

  /** Process ids of the connections that read. */
  const backends = async (): Promise<number> => {
    const rows = await ground.admin<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where application_name = 'tenfold' and query like '%lanes of the spec%'",
    );
    return rows[0]?.count ?? 0;
  };

  it("read as each tenant, many at once on one connection, prepared or not", async () => {
    const rounds = Array.from({ length: 40 }, (_, round) => tenants[round % tenants.length] ?? 0);
    const seen = await Promise.all(
      rounds.flatMap((position) => [
        lanes.read(ground.tenant(position), who),
        read(position, "select email_hash from sign_in_failure", "shared"),
      ]),
    );
    rounds.forEach((position, index) => {
      const schema = ground.tenant(position);
      expect(seen[2 * index]).to.deep.equal([schema, `"${schema}", pg_temp`]);
      expect(seen[2 * index + 1]).to.deep.equal([`of ${position}`]);
    });
  });

  it("answer columns as Postgres writes them, nothing for no row, and the first of several", async () => {
    const row = await read(0, "select 1.50::numeric, null, true, '{\"a\": 1}'::jsonb, $1::text", undefined, [
      "é",
    ]);
    expect(row).to.deep.equal(["1.50", null, "t", '{"a": 1}', "é"]);
    expect(await read(0, "select 1 where false")).to.deep.equal([]);
    expect(await read(0, "select n from generate_series(1, 3) n")).to.deep.equal(["1"]);
  });

  it("let a failure end its own read and none of those before or behind it", async () => {
    const answers = await Promise.allSettled([
      read(0, "select email_hash from sign_in_failure"),
      read(1, "select 1 / (select 0)"),
      read(2, "select email_hash from sign_in_failure"),
      read(3, "reset role"),
      read(4, "insert into sign_in_failure values ('new', 1, now())"),
      read(5, whereabouts),
    ]);
    expect(answers.map(({ status }) => status)).to.deep.equal([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    expect(await ground.stored(4)).to.deep.equal(["of 4"]);
    const last = answers[5];
    expect(last?.status === "fulfilled" && last.value[0]).to.equal(ground.tenant(5));
  });

  it("never show a tenant another's rows under one name of a statement", async () => {
    for (let round = 0; round < 3; round += 1)
      for (const position of tenants)
        expect(
          await read(position, "select string_agg(email_hash, ',') from sign_in_failure", "same"),
        ).to.deep.equal([`of ${position}`]);
  });

  it("keep a bounded number of prepared statements, and prepare one again that was given up", async () => {
    for (let index = 0; index < 400; index += 1)
      expect(await read(0, `select ${index}`, `number${index}`)).to.deep.equal([String(index)]);
    const [count] = await read(0, "select count(*) from pg_prepared_statements where name like 'number%'");
    expect(Number(count)).to.equal(350);
    expect(await read(0, "select 0", "number0")).to.deep.equal(["0"]);
  });

  it("prepare again what was given up while it was under way", async () => {
    await read(0, "select 'open'");
    const burst = Array.from({ length: 400 }, (_, index) => read(0, `select ${index}`, `number${index}`));
    expect((await Promise.all(burst)).flat()).to.deep.equal(burst.map((_, index) => String(index)));
    for (let round = 0; round < 3; round += 1)
      expect(await read(0, "select 0", "number0")).to.deep.equal(["0"]);
  });

  it("give up statements also for a read that fails at its tenant's entrance", async () => {
    for (let index = 0; index < 200; index += 1) await read(0, `select ${index}`, `number${index}`);
    const gone = failureOf(lanes.read("t_nobody", { text: "select 1", name: "number200" }));
    expect((await gone).message).to.contain("does not exist");
    for (let round = 0; round < 3; round += 1)
      expect(await read(0, "select 0", "number0")).to.deep.equal(["0"]);
    const [count] = await read(0, "select count(*) from pg_prepared_statements where name like 'number%'");
    expect(Number(count)).to.be.at.most(200);
  });

  it("open a new connection when one was ended under them", async () => {
    await read(0, "select 'lanes of the spec'");
    expect(await backends()).to.equal(1);
    const asleep = failureOf(
      read(0, "select count(*), 'lanes of the spec' from generate_series(1, 1000000000)"),
    );
    const ended =
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%lanes of the spec%' and pid <> pg_backend_pid()";
    while ((await ground.admin(ended)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await asleep).message).to.match(/terminat/);
    // What was under way may still meet the old connection's end; the next finds a new one.
    const again = await read(1, whereabouts).catch(() => read(1, whereabouts));
    expect(again[0]).to.equal(ground.tenant(1));
  });

  it("fail where there is no database, and read once there is", async () => {
    const nowhere = new ReadLanes("postgres://nobody@127.0.0.1:9/none", 1);
    expect((await failureOf(nowhere.read(ground.tenant(0), who))).message).to.contain("ECONNREFUSED");
    await nowhere.close();
    expect(() => nowhere.read(ground.tenant(0), who)).to.throw("closed");
  });

  it("take other lanes where too many of a tenant's wait in its own, three at most", async () => {
    const five = new ReadLanes(ground.applicationUrl, 5);
    const slow = Array.from({ length: 20 }, () =>
      five.read(ground.tenant(0), {
        text: "select pg_backend_pid(), count(*) from generate_series(1, 100000)",
      }),
    );
    const pids = new Set((await Promise.all(slow)).map(([pid]) => pid));
    expect(pids.size).to.equal(3);
    await five.close();
  });

  for (const count of [2, 3, 4])
    it(`read for other tenants while many reads of one wait for a lock, of ${count} lanes`, async () => {
      const several = new ReadLanes(ground.applicationUrl, count);
      const text = "select email_hash from sign_in_failure";
      const locked = new pg.Client({ connectionString: ground.url });
      await locked.connect();
      await locked.query(`begin; lock table ${ground.tenant(0)}.sign_in_failure in access exclusive mode`);
      const held = Array.from({ length: 20 }, () => several.read(ground.tenant(0), { text }));
      const ended = Promise.allSettled(held).then(() => "held up");
      await new Promise((resolve) => setTimeout(resolve, 60));
      for (const position of [1, 2, 3, 4, 5]) {
        const first = await Promise.race([ended, several.read(ground.tenant(position), { text })]);
        expect(first).to.deep.equal([`of ${position}`]);
      }
      await locked.query("commit");
      await locked.end();
      expect((await Promise.all(held)).flat()).to.deep.equal(held.map(() => "of 0"));
      await several.close();
    });

  it("keep to lanes where their statement was planned, while few wait there", async () => {
    const three = new ReadLanes(ground.applicationUrl, 3);
    const statement = { text: "select pg_backend_pid() as kept", name: "kept" };
    const at = (position: number) => three.read(ground.tenant(position), statement);
    const pid = await at(0);
    const busy = tenants.map((position) => at(position));
    expect(await at(0)).to.deep.equal(pid);
    await Promise.all(busy);
    await three.close();
  });

  it("give a read up that waits too long for a lock", async () => {
    const locked = new pg.Client({ connectionString: ground.url });
    await locked.connect();
    await locked.query(`begin; lock table ${ground.tenant(0)}.sign_in_failure in access exclusive mode`);
    const failure = await failureOf(read(0, "select email_hash from sign_in_failure"));
    expect(failure).to.have.property("code", "55P03");
    await locked.end();
    expect(await read(0, whereabouts)).to.include(ground.tenant(0));
  });

  it("are a part of a process' connections", () => {
    expect([2, 4, 5, 10, 20, 500].map(lanesOf)).to.deep.equal([1, 1, 1, 2, 4, 8]);
  });
});
