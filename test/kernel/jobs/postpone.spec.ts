import { expect } from "chai";
import fc from "fast-check";
import { Registry } from "prom-client";
import { type Job, JobPostponed, Jobs } from "../../../src/kernel/jobs/index.js";
import { type Note, noteJob } from "./definitions.js";
import { OtherProcess } from "./other-process.js";
import { gate, log, until, World } from "./world.js";

const hour = 3600;

describe("kernel/jobs: postponed", function () {
  this.timeout(60_000);
  let world: World;
  const others: OtherProcess[] = [];

  before(async () => {
    world = await World.open();
  });
  afterEach(() => Promise.all(others.splice(0).map((other) => other.kill())));
  after(() => world.close());

  interface Row {
    state: string;
    attempts: number;
    waits: boolean;
    kept: boolean;
  }
  /** How the queue has a job; `kept` tells that a month passes from its start before it is dropped. */
  async function row(jobId: string): Promise<Row | undefined> {
    const [found] = await world.admin.query<Row>(
      `SELECT state, retry_count AS attempts, start_after > now() AS waits,
         keep_until >= start_after + interval '30 days' AS kept FROM pgboss.job WHERE id = $1`,
      [jobId],
    );
    return found;
  }
  const waiting = (jobId: string) => async () => {
    const found = await row(jobId);
    return found?.state === "created" && found.waits;
  };

  /** Works on the job, postponing it by an hour until told otherwise; answers the attempts that were made. */
  function postponing(jobs: Jobs, job: Job<Note>) {
    const held = { attempts: [] as number[], failures: 0, ready: false };
    jobs.work(
      job,
      async ({ attempt }) => {
        held.attempts.push(attempt);
        if (!held.ready) throw new JobPostponed(hour, "as told");
      },
      async () => void (held.failures += 1),
    );
    return held;
  }

  it("waits in the queue, neither failed nor counted, until it is woken", async () => {
    const job = noteJob({ name: "patient", retryLimit: 0 });
    const jobs = await world.start(job);
    const held = postponing(jobs, job);
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    for (const times of [1, 2, 3]) {
      await until(() => held.attempts.length === times);
      await until(waiting(jobId));
      expect(await row(jobId)).to.deep.equal({ state: "created", attempts: 0, waits: true, kept: true });
      held.ready = times === 3;
      expect(await jobs.wake(world.app, "a")).to.equal(1);
    }
    await until(async () => (await world.state(jobId)) === "completed");
    expect(held).to.deep.include({ attempts: [1, 1, 1, 1], failures: 0 });
    expect(await jobs.wake(world.app, "a")).to.equal(0);
  });

  it("starts again by itself when its delay is over", async () => {
    const job = noteJob({ name: "napping" });
    const jobs = await world.start(job);
    let starts = 0;
    jobs.work(job, async () => {
      if (++starts === 1) throw new JobPostponed(0.5);
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await until(async () => (await world.state(jobId)) === "completed");
    expect(starts).to.equal(2);
  });

  it("holds no place: another job runs where concurrency and the tenant's limit are one", async () => {
    const job = noteJob({ name: "narrow", concurrency: 1, perTenant: 1 });
    const jobs = await world.start(job);
    const done: string[] = [];
    jobs.work(job, async ({ payload }) => {
      if (payload.text === "postponed") throw new JobPostponed(hour);
      done.push(payload.text);
    });
    const first = await jobs.enqueue(world.app, job, "a", { text: "postponed" });
    await until(waiting(first));
    for (const tenant of ["a", "b"]) await jobs.enqueue(world.app, job, tenant, { text: tenant });
    await until(() => done.length === 2);
    expect(done).to.have.members(["a", "b"]);
    expect(await waiting(first)()).to.equal(true);
  });

  it("misses no wake-up that comes while its handler is about to postpone it", async () => {
    const job = noteJob({ name: "wakened" });
    const jobs = await world.start(job);
    const [decided, released] = [gate(), gate()];
    let starts = 0;
    jobs.work(job, async () => {
      if (++starts > 1) return;
      decided.open();
      await released.opened;
      throw new JobPostponed(hour);
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await decided.opened;
    // The transaction is older than the start, as a resumption's may be, and commits before the handler ends.
    await world.app.within("COMMIT", (sql) => jobs.wake(sql, "a"));
    released.open();
    await until(async () => (await world.state(jobId)) === "completed");
    expect(starts).to.equal(2);
  });

  it("hears a wake-up whose transaction began before the job did", async () => {
    const job = noteJob({ name: "overtaken" });
    const jobs = await world.start(job);
    const [decided, released] = [gate(), gate()];
    let starts = 0;
    jobs.work(job, async () => {
      if (++starts > 1) return;
      decided.open();
      await released.opened;
      throw new JobPostponed(hour);
    });
    let jobId = "";
    await world.app.within("COMMIT", async (sql) => {
      await sql.query("SELECT now()");
      jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
      await decided.opened;
      await jobs.wake(sql, "a");
    });
    released.open();
    await until(async () => (await world.state(jobId)) === "completed");
    expect(starts).to.equal(2);
  });

  it("is woken by a commit only, alone of its tenant, and without those that were to start later", async () => {
    const job = noteJob({ name: "choosy" });
    const jobs = await world.start(job);
    const held = postponing(jobs, job);
    const ids: string[] = [];
    for (const tenant of ["mine", "other"])
      ids.push(await jobs.enqueue(world.app, job, tenant, { text: "" }));
    const later = await jobs.enqueue(world.app, job, "mine", { text: "" }, { delaySeconds: hour });
    for (const id of ids) await until(waiting(id));
    await world.app.within("ROLLBACK", (sql) => jobs.wake(sql, "mine"));
    held.ready = true;
    expect(await jobs.wake(world.app, "mine")).to.equal(1);
    await until(async () => (await world.state(ids[0] ?? "")) === "completed");
    for (const id of [ids[1] ?? "", later]) expect(await waiting(id)()).to.equal(true);
    expect(held.attempts).to.have.length(3);
  });

  it("is postponed and woken whatever process had it, killed ones too", async () => {
    const job = noteJob();
    const jobs = await world.start(job);
    const victim = new OtherProcess(world.app.url);
    others.push(victim);
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await victim.event("started", jobId);
    const held = postponing(jobs, job);
    await victim.kill();
    await until(waiting(jobId));
    // The death counts as an attempt, the postponement does not.
    expect(held.attempts).to.deep.equal([2]);
    await jobs.stop({ graceMs: 100 });
    const heir = new OtherProcess(world.app.url);
    others.push(heir);
    const caller = await world.start(job);
    await caller.wake(world.app, "a");
    expect(await heir.event("started", jobId)).to.include({ attempt: 2 });
    await caller.cancel(world.app, job, jobId);
  });

  it("stays cancelled when it was cancelled meanwhile, waiting or running", async () => {
    const job = noteJob({ name: "dropped" });
    const jobs = await world.start(job);
    const [decided, released] = [gate(), gate()];
    jobs.work(job, async ({ payload }) => {
      if (payload.text === "running") {
        decided.open();
        await released.opened;
      }
      throw new JobPostponed(hour);
    });
    const waits = await jobs.enqueue(world.app, job, "a", { text: "" });
    await until(waiting(waits));
    expect(await jobs.cancel(world.app, job, waits)).to.equal("queued");
    const runs = await jobs.enqueue(world.app, job, "a", { text: "running" });
    await decided.opened;
    expect(await jobs.cancel(world.app, job, runs)).to.equal("running");
    released.open();
    await jobs.stop({ graceMs: 5000 });
    for (const id of [waits, runs]) expect(await world.state(id)).to.equal("cancelled");
  });

  it("keeps its turn, but a backlog of before does not go ahead of all who came since", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 12 }),
        async (backlog, since) => {
          const own = noteJob({ name: `backlog.${backlog}.${since}`, concurrency: 1 });
          const jobs = await world.start(own);
          const order: string[] = [];
          let suspended = true;
          const both = gate();
          jobs.work(own, async ({ tenantId }) => {
            if (tenantId === "late" && suspended) throw new JobPostponed(hour);
            if (tenantId === "gate") await both.opened;
            else order.push(tenantId ?? "");
          });
          const enqueue = (tenant: string) => jobs.enqueue(world.app, own, tenant, { text: "" });
          const ids: string[] = [];
          for (let n = 0; n < backlog; n++) ids.push(await enqueue("late"));
          for (const id of ids) await until(waiting(id));
          for (let n = 0; n < since; n++) await enqueue("busy");
          await until(() => order.length === since);
          await enqueue("gate");
          for (let n = 0; n < backlog; n++) await enqueue("busy");
          suspended = false;
          await jobs.wake(world.app, "late");
          both.open();
          await until(() => order.length === since + 2 * backlog);
          const served = order.slice(since);
          for (let place = 0; place < served.length; place++) {
            const late = served.slice(0, place + 1).filter((tenant) => tenant === "late").length;
            // One ahead by the turn it kept, one more by the tie with the clock.
            expect(late - (place + 1 - late), served.join()).to.be.within(-2, 2);
          }
          await jobs.stop({ graceMs: 1000 });
        },
      ),
      { numRuns: 8 },
    ));

  it("tells the metrics", async () => {
    const job = noteJob({ name: "measured" });
    const metrics = new Registry();
    const jobs = new Jobs({ connectionString: world.app.url, log, jobs: [job], metrics });
    await jobs.start();
    try {
      postponing(jobs, job);
      await until(waiting(await jobs.enqueue(world.app, job, "a", { text: "" })));
      const text = await metrics.metrics();
      expect(text).to.include('tenfold_job_attempts_total{queue="measured",outcome="postponed"} 1');
      expect(text).to.not.include('queue="measured",outcome="failed"');
    } finally {
      await jobs.stop({ graceMs: 100 });
    }
  });

  it("takes no delay that makes no sense", () => {
    for (const seconds of [0, -1, Number.NaN, Infinity, 8 * 24 * hour])
      expect(() => new JobPostponed(seconds), String(seconds)).to.throw(RangeError);
  });
});
