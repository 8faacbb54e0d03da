import { expect } from "chai";
import { Registry } from "prom-client";
import { Jobs } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { type Database, log, until, World } from "./world.js";

describe("kernel/jobs: installation", function () {
  this.timeout(60_000);
  let world: World;

  before(async () => {
    world = await World.open({ installed: false });
    await Promise.all([1, 2, 3].map(() => Jobs.install(world.admin.url)));
  });
  after(() => world.close());

  const refusal = (database: Database, text: string) =>
    database.query(text).then(
      () => "allowed",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );

  it("is idempotent, also when several servers start at once", async () => {
    await Jobs.install(world.admin.url);
    const rows = await world.admin.query("SELECT version FROM pgboss.version");
    expect(rows).to.have.length(1);
  });

  it("lets the application change rows but no structure", async () => {
    expect(await refusal(world.app, "CREATE TABLE pgboss.mine ()")).to.match(/permission denied/);
    expect(await refusal(world.app, "DROP TABLE pgboss.job")).to.match(/must be owner/);
    expect(await refusal(world.app, "TRUNCATE pgboss.job")).to.match(/permission denied/);
    expect(await refusal(world.app, "DELETE FROM pgboss.job")).to.equal("allowed");
  });

  for (const text of [
    "SELECT FROM pgboss.job",
    "SELECT FROM control.queue_turn",
    "SELECT pgboss.job_now()",
  ]) {
    it(`hides the queues from a tenant's role: ${text}`, async () => {
      const client = await world.app.pool.connect();
      await client.query("SET ROLE tenant_role");
      const answer = await client.query(text).then(
        () => "allowed",
        (error: Error) => error.message,
      );
      client.release(true);
      expect(answer).to.match(/permission denied/);
    });
  }

  it("uses at most four connections a process, none of them idle in a transaction", async () => {
    const job = noteJob({ name: "busy" });
    const jobs = await world.start(job);
    let done = 0;
    jobs.work(job, async () => void done++);
    await Promise.all(Array.from({ length: 200 }, () => jobs.enqueue(world.app, job, "a", { text: "" })));
    await until(() => done === 200);
    const sessions = await world.admin.query<{ state: string }>(
      "SELECT state FROM pg_stat_activity WHERE application_name = 'tenfold-jobs' AND datname = current_database()",
    );
    expect(sessions.length).to.be.within(1, 4);
    expect(sessions.map((session) => session.state)).not.to.include("idle in transaction (aborted)");
  });

  it("brings changed settings of a queue up to date at start", async () => {
    await world.start(noteJob({ name: "changing", retryLimit: 1 }));
    await world.start(noteJob({ name: "changing", retryLimit: 7 }));
    const rows = await world.admin.query(
      "SELECT retry_limit, heartbeat_seconds, dead_letter FROM pgboss.queue WHERE name = 'changing'",
    );
    expect(rows).to.deep.equal([{ retry_limit: 7, heartbeat_seconds: 3, dead_letter: "changing.failed" }]);
  });

  it("refuses a second handler for a queue", async () => {
    const job = noteJob({ name: "single" });
    const jobs = await world.start(job);
    jobs.work(job, async () => undefined);
    expect(() => jobs.work(job, async () => undefined)).to.throw("already has a handler");
  });

  it("counts jobs by queue and state, and attempts by outcome", async () => {
    const job = noteJob({ name: "counted", retryLimit: 0 });
    const metrics = new Registry();
    const jobs = new Jobs({ connectionString: world.app.url, log, jobs: [job], metrics });
    await jobs.start();
    await jobs.enqueue(world.app, job, "a", { text: "" }, { delaySeconds: 1000 });
    await until(async () =>
      (await metrics.metrics()).includes('tenfold_jobs{queue="counted",state="deferred"} 1'),
    );
    jobs.work(job, async ({ payload }) => {
      if (payload.text) throw new Error("no");
    });
    for (const text of ["", "fails"]) await jobs.enqueue(world.app, job, "b", { text });
    for (const outcome of ["completed", "failed"]) {
      const line = `tenfold_job_attempts_total{queue="counted",outcome="${outcome}"} 1`;
      await until(async () => (await metrics.metrics()).includes(line));
    }
    await jobs.stop({ graceMs: 100 });
  });

  it("starts system jobs by schedule, without a tenant", async () => {
    const job = noteJob({ name: "nightly" });
    const jobs = await world.start(job);
    const seen: unknown[] = [];
    jobs.work(job, async ({ tenantId, payload }) => {
      seen.push({ tenantId, payload });
    });
    await jobs.schedule(job, "* * * * *", { text: "tick" });
    await until(() => seen.length > 0);
    expect(seen[0]).to.deep.equal({ tenantId: null, payload: { text: "tick" } });
  });
});
