import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { JobAborted } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { OtherProcess } from "./other-process.js";
import { gate, until, untilAborted, World } from "./world.js";

describe("kernel/jobs: crash and shutdown", function () {
  this.timeout(60_000);
  let world: World;
  const others: OtherProcess[] = [];

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(async () => {
    await Promise.all(others.splice(0).map((other) => other.kill()));
    await world.close();
  });

  function otherProcess(): OtherProcess {
    const other = new OtherProcess(world.app.url);
    others.push(other);
    return other;
  }

  it("starts the job of a killed worker elsewhere, as the next attempt", async () => {
    const job = noteJob();
    const jobs = await world.start(job);
    const victim = otherProcess();
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await victim.event("started", jobId);
    const attempts: number[] = [];
    jobs.work(job, async ({ attempt }) => {
      attempts.push(attempt);
    });
    await victim.kill();
    await until(async () => (await world.state(jobId)) === "completed");
    expect(attempts).to.deep.equal([2]);
  });

  it("reports a job that kills every worker as failed", async () => {
    const job = noteJob({ retryLimit: 0 });
    const jobs = await world.start(job);
    const victim = otherProcess();
    await victim.event("started", await jobs.enqueue(world.app, job, "a", { text: "warm" }));
    // The worker's own definition allowed more attempts when it started.
    await world.admin.query("UPDATE pgboss.queue SET retry_limit = 0 WHERE name = 'note'");
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "poison" });
    await victim.event("started", jobId);
    const failures: unknown[] = [];
    jobs.work(
      job,
      async () => undefined,
      async (failed) => {
        if (failed.payload.text === "poison") failures.push(failed);
      },
    );
    await victim.kill();
    await until(() => failures.length === 1);
    const failure = { message: "job heartbeat timeout" };
    expect(failures).to.deep.equal([{ tenantId: "a", payload: { text: "poison" }, jobId, failure }]);
  });

  it("tells a worker that was taken for dead that it lost its job", async () => {
    const job = noteJob();
    const jobs = await world.start(job);
    const causes: unknown[] = [];
    const attempts: number[] = [];
    jobs.work(job, async ({ attempt, signal }) => {
      attempts.push(attempt);
      if (attempt === 1) await untilAborted(signal).catch((error: unknown) => causes.push(error));
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await until(() => attempts.length === 1);
    await world.admin.query("UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE id = $1", [
      jobId,
    ]);
    await until(async () => causes.length + attempts.length === 3 || (await silence(jobId)));
    await until(() => causes.length === 1 && attempts.length === 2);
    expect(causes[0]).to.be.instanceOf(JobAborted).with.property("why", "lost");
  });

  /** The worker's own heartbeat may have won; turn the clock back again. */
  const silence = async (jobId: string) => {
    await world.admin.query(
      "UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE id = $1 AND state = 'active' AND retry_count = 0",
      [jobId],
    );
    return false;
  };

  it("gives unfinished jobs back at a shutdown, without counting the attempt, and lets others finish", async () => {
    const job = noteJob();
    const leaving = await world.start(job);
    const seen: unknown[] = [];
    const both = gate();
    leaving.work(job, async ({ payload, signal }) => {
      if (seen.push(payload.text) === 2) both.open();
      if (payload.text === "finishes") await untilAborted(signal).catch(() => wait(50));
      if (payload.text === "stops")
        await untilAborted(signal).catch((error: unknown) => Promise.reject(error));
      if (payload.text === "deaf") await new Promise(() => undefined);
    });
    const ids: Record<string, string> = {};
    for (const text of ["finishes", "stops", "deaf"])
      ids[text] = await leaving.enqueue(world.app, job, "a", { text });
    await both.opened;
    await until(() => seen.length === 3);
    await leaving.stop({ graceMs: 500 });
    expect(await world.state(ids.finishes ?? "")).to.equal("completed");
    const staying = await world.start(job);
    const attempts: Record<string, number> = {};
    staying.work(job, async ({ payload, attempt }) => {
      attempts[payload.text] = attempt;
    });
    await until(() => Object.keys(attempts).length === 2);
    expect(attempts).to.deep.equal({ stops: 1, deaf: 1 });
  });

  it("recovers by itself when the database crashes, and finishes what runs", async () => {
    const job = noteJob({ heartbeatSeconds: 10 });
    const jobs = await world.start(job);
    const held = gate();
    const done: string[] = [];
    jobs.work(job, async ({ payload }) => {
      if (payload.text === "running") await held.opened;
      done.push(payload.text);
    });
    const running = await jobs.enqueue(world.app, job, "a", { text: "running" });
    await until(async () => (await world.state(running)) === "active");
    await crashDatabase();
    held.open();
    await until(async () => (await world.state(running).catch(() => undefined)) === "completed");
    const enqueue = () => jobs.enqueue(world.app, job, "a", { text: "after" }).catch(() => undefined);
    await until(async () => (await enqueue()) !== undefined);
    await until(() => done.includes("after"));
    expect(done.filter((text) => text === "running")).to.have.length(1);
  });

  /**
   * A killed back end makes Postgres drop every session and replay its log, as after a crash of its own. The
   * checkpoint is for the server of tests, which may lose what it acknowledged in the last second.
   */
  async function crashDatabase(): Promise<void> {
    await world.admin.query("CHECKPOINT");
    const [row] = await world.admin.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    process.kill(row?.pid ?? 0, "SIGKILL");
    await until(() =>
      world.admin.query("SELECT 1").then(
        () => true,
        () => false,
      ),
    );
  }
});
