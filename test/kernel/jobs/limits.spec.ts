import { expect } from "chai";
import type { JobHandler, Jobs } from "../../../src/kernel/jobs/index.js";
import { type Note, noteJob } from "./definitions.js";
import { gate, until, World } from "./world.js";

describe("kernel/jobs: limits", function () {
  this.timeout(30_000);
  let world: World;

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  /** Counts what runs at once, by tenant, over all workers that share it. */
  function meter() {
    const now = new Map<string, number>();
    const peak = new Map<string, number>();
    const handler: JobHandler<Note> = async ({ tenantId }) => {
      const tenant = tenantId ?? "";
      const running = (now.get(tenant) ?? 0) + 1;
      now.set(tenant, running);
      peak.set(tenant, Math.max(peak.get(tenant) ?? 0, running));
      await new Promise((resolve) => setTimeout(resolve, 15));
      now.set(tenant, (now.get(tenant) ?? 1) - 1);
    };
    return { peak, handler };
  }

  const queueEmpty = async (name: string) => {
    const [row] = await world.admin.query<{ open: number }>(
      "SELECT count(*)::int AS open FROM pgboss.job WHERE name = $1 AND state <= 'active'",
      [name],
    );
    return row?.open === 0;
  };

  async function fill(
    jobs: Jobs,
    job: ReturnType<typeof noteJob>,
    tenant: string,
    count: number,
    perTenant?: number,
  ) {
    await world.app.within("COMMIT", async (sql) => {
      for (let n = 0; n < count; n++) await jobs.enqueue(sql, job, tenant, { text: "" }, { perTenant });
    });
  }

  it("runs no more jobs of one tenant at once than allowed, over several workers", async () => {
    const job = noteJob({ name: "capped", perTenant: 2, concurrency: 6 });
    const { peak, handler } = meter();
    const workers = [await world.start(job), await world.start(job)];
    for (const [tenant, count] of Object.entries({ a: 24, b: 12 }))
      await fill(workers[0] as Jobs, job, tenant, count);
    for (const worker of workers) worker.work(job, handler);
    await until(() => queueEmpty("capped"));
    expect(Object.fromEntries(peak)).to.deep.equal({ a: 2, b: 2 });
  });

  it("takes another limit from the job, as plans differ", async () => {
    const job = noteJob({ name: "plans", perTenant: 1, concurrency: 8 });
    const { peak, handler } = meter();
    const jobs = await world.start(job);
    await fill(jobs, job, "large", 16, 4);
    await fill(jobs, job, "small", 4);
    jobs.work(job, handler);
    await until(() => queueEmpty("plans"));
    expect(Object.fromEntries(peak)).to.deep.equal({ large: 4, small: 1 });
  });

  it("starts another tenant's job while the first tenant's fill their share", async () => {
    const job = noteJob({ name: "share", perTenant: 3, concurrency: 4 });
    const held = gate();
    const started: string[] = [];
    const jobs = await world.start(job);
    jobs.work(job, async ({ tenantId }) => {
      started.push(tenantId ?? "");
      await held.opened;
    });
    await fill(jobs, job, "a", 10);
    await until(() => started.length === 3);
    await fill(jobs, job, "b", 1);
    await until(() => started.includes("b"));
    expect(started).to.deep.equal(["a", "a", "a", "b"]);
    held.open();
    await until(() => queueEmpty("share"));
  });

  it("starts one tenant's jobs in the order they were enqueued", async () => {
    const job = noteJob({ name: "order", perTenant: 1, concurrency: 4 });
    const order: string[] = [];
    const jobs = await world.start(job);
    const texts = Array.from({ length: 20 }, (_, n) => String(n));
    for (const text of texts) await jobs.enqueue(world.app, job, "a", { text });
    jobs.work(job, async ({ payload }) => {
      order.push(payload.text);
    });
    await until(() => queueEmpty("order"));
    expect(order).to.deep.equal(texts);
  });

  it("runs many kinds of jobs on few connections", async () => {
    const kinds = Array.from({ length: 12 }, (_, n) => noteJob({ name: `kind${n}`, retryLimit: 0 }));
    const jobs = await world.start(...kinds);
    const left = new Set(kinds.flatMap((kind) => [`${kind.name} runs`, `${kind.name} fails`]));
    for (const kind of kinds) {
      for (const text of ["runs", "fails"]) await jobs.enqueue(world.app, kind, "a", { text });
    }
    for (const kind of kinds) {
      const end = (text: string) => left.delete(`${kind.name} ${text}`);
      const handler: JobHandler<Note> = async ({ payload }) => {
        if (payload.text === "fails") throw new Error("as told");
        end(payload.text);
      };
      jobs.work(kind, handler, async ({ payload }) => void end(payload.text));
    }
    await until(() => left.size === 0);
  });

  it("refuses to work on a job the process was not told of", async () => {
    const jobs = await world.start();
    expect(() => jobs.work(noteJob({ name: "stranger" }), async () => undefined)).to.throw(
      "not among the jobs",
    );
  });

  it("refuses definitions that could not work", () => {
    expect(() => noteJob({ name: "no spaces" })).to.throw("queue name");
    expect(() => noteJob({ heartbeatSeconds: 1 })).to.throw("heartbeat");
    expect(() => noteJob({ concurrency: 0 })).to.throw("limits above zero");
    expect(() => noteJob({ perTenant: 65 })).to.throw("more than 64");
    expect(() => noteJob({ retryLimit: 0.5 })).to.throw("whole numbers");
  });
});
