import { expect } from "chai";
import { JobAborted } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { OtherProcess } from "./other-process.js";
import { gate, until, untilAborted, World } from "./world.js";

describe("kernel/jobs: cancel", function () {
  this.timeout(30_000);
  const job = noteJob();
  let world: World;
  let other: OtherProcess | undefined;

  before(async () => {
    world = await World.open();
  });
  after(async () => {
    await other?.kill();
    await world.close();
  });

  it("keeps a queued job from starting", async () => {
    const job = noteJob({ name: "queued" });
    const started: string[] = [];
    const jobs = await world.start(job);
    const cancelled = await jobs.enqueue(world.app, job, "a", { text: "cancelled" });
    await jobs.enqueue(world.app, job, "a", { text: "kept" });
    expect(await jobs.cancel(world.app, job, cancelled)).to.equal("queued");
    jobs.work(job, async ({ payload }) => {
      started.push(payload.text);
    });
    await until(() => started.length > 0);
    expect(started).to.deep.equal(["kept"]);
    expect(await world.state(cancelled)).to.equal("cancelled");
    expect(await jobs.cancel(world.app, job, cancelled)).to.equal("gone");
  });

  it("does not cancel when the transaction rolls back", async () => {
    const job = noteJob({ name: "undecided" });
    const jobs = await world.start(job);
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await world.app.within("ROLLBACK", (sql) => jobs.cancel(sql, job, jobId));
    expect(await world.state(jobId)).to.equal("created");
  });

  it("does not find a job under another kind", async () => {
    const [one, two] = [noteJob({ name: "one" }), noteJob({ name: "two" })];
    const jobs = await world.start(one, two);
    const jobId = await jobs.enqueue(world.app, one, "a", { text: "" });
    expect(await jobs.cancel(world.app, two, jobId)).to.equal("gone");
    expect(await world.state(jobId)).to.equal("created");
  });

  it("reaches a handler running in another process", async () => {
    other = new OtherProcess(world.app.url);
    const jobs = await world.start(job);
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await other.event("started", jobId);
    expect(await jobs.cancel(world.app, job, jobId)).to.equal("running");
    expect(await other.event("aborted", jobId)).to.include({ why: "cancelled" });
    expect(await world.state(jobId)).to.equal("cancelled");
  });

  it("reaches the handler by the heartbeat when the announcement is lost", async () => {
    const job = noteJob({ name: "unheard" });
    const jobs = await world.start(job);
    const causes: unknown[] = [];
    const started = gate();
    jobs.work(job, async ({ signal }) => {
      started.open();
      await untilAborted(signal).catch((error: unknown) => causes.push(error));
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await started.opened;
    await world.admin.query("UPDATE pgboss.job SET state = 'cancelled' WHERE id = $1", [jobId]);
    await until(() => causes.length > 0);
    expect(causes[0]).to.be.instanceOf(JobAborted).with.property("why", "cancelled");
    expect(await world.state(jobId)).to.equal("cancelled");
  });
});
