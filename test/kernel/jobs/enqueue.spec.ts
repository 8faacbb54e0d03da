import { expect } from "chai";
import type { Jobs } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { gate, until, World } from "./world.js";

describe("kernel/jobs: enqueue", function () {
  this.timeout(30_000);
  const job = noteJob();
  let world: World;
  let jobs: Jobs;
  const done: string[] = [];

  before(async () => {
    world = await World.open();
    jobs = await world.start(job);
    jobs.work(job, async ({ payload }) => {
      done.push(payload.text);
    });
  });
  after(() => world.close());

  const count = async () => {
    const [row] = await world.admin.query<{ jobs: number; turns: string }>(
      "SELECT (SELECT count(*)::int FROM pgboss.job) AS jobs, (SELECT coalesce(sum(last), 0)::text FROM control.queue_turn) AS turns",
    );
    return row;
  };

  it("leaves nothing behind when the transaction rolls back", async () => {
    const before = await count();
    await world.app.within("ROLLBACK", (sql) => jobs.enqueue(sql, job, "a", { text: "never" }));
    expect(await count()).to.deep.equal(before);
  });

  it("shows the job to workers at commit, not earlier", async () => {
    await world.app.within("COMMIT", async (sql) => {
      await jobs.enqueue(sql, job, "a", { text: "open" });
      await jobs.enqueue(world.app, job, "b", { text: "marker" });
      await until(() => done.includes("marker"));
      expect(done).not.to.include("open");
    });
    await until(() => done.includes("open"));
  });

  it("passes tenant, payload, id and attempt to the handler", async () => {
    const seen: unknown[] = [];
    const other = noteJob({ name: "other" });
    const own = await world.start(other);
    own.work(other, async ({ signal, ...input }) => {
      seen.push({ ...input, aborted: signal.aborted });
    });
    const jobId = await own.enqueue(world.app, other, "a", { text: "grüße \"'; --" });
    await until(() => seen.length === 1);
    expect(seen).to.deep.equal([
      { tenantId: "a", payload: { text: "grüße \"'; --" }, jobId, attempt: 1, aborted: false },
    ]);
    await until(async () => (await world.state(jobId)) === "completed");
  });

  it("returns the unfinished job of the same key, per tenant, and forgets the key afterwards", async () => {
    const held = gate();
    const keyed = noteJob({ name: "keyed" });
    const own = await world.start(keyed);
    const enqueue = (tenant: string) =>
      own.enqueue(world.app, keyed, tenant, { text: "" }, { key: "report" });
    const first = await enqueue("a");
    expect(await enqueue("a")).to.equal(first);
    expect(await enqueue("b")).not.to.equal(first);
    own.work(keyed, () => held.opened);
    await until(async () => (await world.state(first)) === "active");
    expect(await enqueue("a")).to.equal(first);
    held.open();
    await until(async () => (await world.state(first)) === "completed");
    expect(await enqueue("a")).not.to.equal(first);
  });

  it("makes one job of a key enqueued many times at once, and charges one turn", async () => {
    const crowd = noteJob({ name: "crowd" });
    const own = await world.start(crowd);
    const once = () => own.enqueue(world.app, crowd, "a", { text: "" }, { key: "k" });
    const ids = await Promise.all(Array.from({ length: 12 }, once));
    expect(new Set(ids).size).to.equal(1);
    const [turn] = await world.admin.query("SELECT last::int FROM control.queue_turn WHERE queue = 'crowd'");
    expect(turn).to.deep.equal({ last: 1 });
  });

  it("holds a delayed job back until it is due", async () => {
    await jobs.enqueue(
      world.app,
      job,
      "a",
      { text: "tomorrow" },
      { startAfter: new Date(Date.now() + 86_400_000) },
    );
    await jobs.enqueue(world.app, job, "a", { text: "soon" }, { delaySeconds: 1 });
    await until(() => done.includes("soon"));
    expect(done).not.to.include("tomorrow");
  });
});
