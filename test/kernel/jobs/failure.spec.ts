import { expect } from "chai";
import { Conflict } from "../../../src/kernel/errors.js";
import { JobAborted } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { until, untilAborted, World } from "./world.js";

describe("kernel/jobs: failure", function () {
  this.timeout(60_000);
  let world: World;

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  it("tries again up to the limit, then reports the failure once", async () => {
    const job = noteJob({ name: "doomed", retryLimit: 2 });
    const attempts: number[] = [];
    const failures: unknown[] = [];
    const jobs = await world.start(job);
    jobs.work(
      job,
      async ({ attempt }) => {
        attempts.push(attempt);
        throw new Conflict("Attempt failed.");
      },
      async (failed) => {
        failures.push(failed);
      },
    );
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "x" });
    await until(() => failures.length > 0);
    expect(attempts).to.deep.equal([1, 2, 3]);
    expect(await world.state(jobId)).to.equal("failed");
    const failure = { name: "GraphQLError", message: "Attempt failed.", code: "CONFLICT" };
    expect(failures).to.deep.equal([{ tenantId: "a", payload: { text: "x" }, jobId, failure }]);
  });

  it("succeeds on a later attempt without a failure", async () => {
    const job = noteJob({ name: "shaky", retryLimit: 1 });
    const failures: unknown[] = [];
    const jobs = await world.start(job);
    const handler = async ({ attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error("not yet");
    };
    jobs.work(job, handler, async (failed) => {
      failures.push(failed);
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    await until(async () => (await world.state(jobId)) === "completed");
    expect(failures).to.deep.equal([]);
  });

  it("waits longer after every attempt", async () => {
    const job = noteJob({ name: "patient", retryLimit: 5, retryDelaySeconds: 100 });
    const jobs = await world.start(job);
    jobs.work(job, async () => {
      throw new Error("no");
    });
    const jobId = await jobs.enqueue(world.app, job, "a", { text: "" });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(async () => (await world.state(jobId)) === "retry");
      const [row] = await world.admin.query<{ wait: number }>(
        "UPDATE pgboss.job SET start_after = now() WHERE id = $1 RETURNING extract(epoch FROM (SELECT start_after FROM pgboss.job WHERE id = $1) - now())::int AS wait",
        [jobId],
      );
      waits.push(row?.wait ?? 0);
      await until(async () => (await retries(jobId)) >= attempt);
    }
    for (const [index, wait] of waits.entries()) expect(wait).to.be.within(45 * 2 ** index, 101 * 2 ** index);
  });

  const retries = async (jobId: string) => {
    const [row] = await world.admin.query<{ count: number }>(
      "SELECT retry_count AS count FROM pgboss.job WHERE id = $1",
      [jobId],
    );
    return row?.count ?? 0;
  };

  it("tries the failure report itself again until it succeeds", async () => {
    const job = noteJob({ name: "deaf", retryLimit: 0 });
    let reports = 0;
    const jobs = await world.start(job);
    const handler = async () => {
      throw new Error("no");
    };
    jobs.work(job, handler, async () => {
      reports++;
      if (reports === 1) throw new Error("the room's database was away");
    });
    await jobs.enqueue(world.app, job, "a", { text: "" });
    await until(() => reports === 2);
  });

  it("aborts an attempt that outlives its time and frees its place, even if the handler is deaf", async () => {
    const job = noteJob({ name: "endless", retryLimit: 0, expireInSeconds: 1, concurrency: 1 });
    const causes: unknown[] = [];
    const failures: string[] = [];
    const jobs = await world.start(job);
    jobs.work(
      job,
      async ({ payload, signal }) => {
        if (payload.text === "fine") return;
        if (payload.text === "deaf") await new Promise(() => undefined);
        await untilAborted(signal).catch((error: unknown) => causes.push(error));
        throw new Error("stopped");
      },
      async ({ payload }) => {
        failures.push(payload.text);
      },
    );
    const ids: string[] = [];
    for (const text of ["heeds", "deaf", "fine"]) ids.push(await jobs.enqueue(world.app, job, "a", { text }));
    await until(async () => (await world.state(ids[2] ?? "")) === "completed");
    await until(() => failures.length === 2);
    expect(failures.sort()).to.deep.equal(["deaf", "heeds"]);
    expect(causes[0]).to.be.instanceOf(JobAborted).with.property("why", "expired");
  });
});
