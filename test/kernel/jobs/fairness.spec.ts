import { expect } from "chai";
import fc from "fast-check";
import type { Jobs } from "../../../src/kernel/jobs/index.js";
import { noteJob, queueing } from "./definitions.js";
import { until, World } from "./world.js";

describe("kernel/jobs: fair turns", function () {
  this.timeout(120_000);
  let world: World;
  let jobs: Jobs;
  let starts: string[] = [];
  let onStart: (() => Promise<unknown>) | undefined;

  before(async () => {
    world = await World.open();
    jobs = await world.start(queueing);
  });
  after(() => world.close());

  const work = (own: Jobs) =>
    own.work(queueing, async ({ tenantId }) => {
      starts.push(tenantId ?? "");
      await onStart?.();
    });

  /** Enqueues each tenant's backlog whole, one tenant after the other: the worst case for the last. */
  const enqueueAll = (backlogs: number[]) =>
    world.app.within("COMMIT", async (sql) => {
      for (const [tenant, size] of backlogs.entries()) {
        for (let n = 0; n < size; n++) await jobs.enqueue(sql, queueing, `t${tenant}`, { text: "" });
      }
    });

  /** Runs all that is queued on a worker of its own; `late` enqueues one job of tenant B after some starts. */
  async function run(backlogs: number[], late: number): Promise<string[]> {
    starts = [];
    await enqueueAll(backlogs);
    onStart = async () => starts.length === late && jobs.enqueue(world.app, queueing, "B", { text: "" });
    const worker = await world.start(queueing);
    work(worker);
    const total = backlogs.reduce((sum, size) => sum + size, 1);
    await until(() => starts.length === total);
    await worker.stop({ graceMs: 5000 });
    return starts;
  }

  const backlogs = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 5 });

  it("starts a newcomer behind at most two jobs of each tenant, and backlogged tenants alternate", () =>
    fc.assert(
      fc.asyncProperty(backlogs, fc.double({ min: 0, max: 1, noNaN: true }), async (sizes, share) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const late = 1 + Math.floor(share * (total - 1));
        const order = await run(sizes, late);
        expect(order.indexOf("B") - late).to.be.at.most(2 * sizes.length);
        expectAlternation(
          sizes,
          order.filter((tenant) => tenant !== "B"),
        );
      }),
      { numRuns: 12 },
    ));

  /** While two tenants both have jobs left, neither has got more than one job ahead of the other. */
  function expectAlternation(sizes: number[], order: string[]): void {
    const served = sizes.map(() => 0);
    for (const tenant of order) {
      const index = Number(tenant.slice(1));
      served[index] = (served[index] ?? 0) + 1;
      const waiting = sizes.flatMap((size, other) =>
        (served[other] ?? 0) < size ? [served[other] ?? 0] : [],
      );
      if ((served[index] ?? 0) <= (sizes[index] ?? 0)) {
        expect(served[index]).to.be.at.most(Math.min(...waiting, Infinity) + 1);
      }
    }
  }

  it("serves a tenant who was idle no sooner than the others, and one of a large past no later", async () => {
    await run([30], 1);
    const order = await run([4, 4], 1);
    expect(order.filter((tenant) => tenant === "t0").length).to.equal(4);
    expectAlternation(
      [4, 4],
      order.filter((tenant) => tenant !== "B"),
    );
  });

  it("gives the turns of cancelled jobs back", async () => {
    const own = noteJob({ name: "regret", concurrency: 1 });
    const queue = await world.start(own);
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) ids.push(await queue.enqueue(world.app, own, "a", { text: "" }));
    for (const id of ids) expect(await queue.cancel(world.app, own, id)).to.equal("queued");
    const order: string[] = [];
    for (const tenant of ["b", "b", "a"]) await queue.enqueue(world.app, own, tenant, { text: "" });
    queue.work(own, async ({ tenantId }) => {
      order.push(tenantId ?? "");
    });
    await until(() => order.length === 3);
    expect(order).to.deep.equal(["b", "a", "b"]);
  });

  it("keeps the order when the turns are moved back to zero, also for jobs under way", async () => {
    const far = 1_500_000_000;
    await world.admin.query("UPDATE control.queue_clock SET now = $1 WHERE queue = 'queueing'", [far]);
    const order = await run([6, 3], 2);
    expect(order.indexOf("B")).to.be.at.most(6);
    const [clock] = await world.admin.query<{ now: number }>(
      "SELECT now::int FROM control.queue_clock WHERE queue = 'queueing'",
    );
    expect(clock?.now).to.be.below(100);
    expectAlternation(
      [6, 3],
      order.filter((tenant) => tenant !== "B"),
    );
    expectAlternation(
      [3, 3],
      (await run([3, 3], 1)).filter((tenant) => tenant !== "B"),
    );
  });

  it("costs a job of double weight two turns", async () => {
    const heavy = noteJob({ name: "heavy", weight: 2 });
    const own = await world.start(heavy);
    for (let n = 0; n < 3; n++) await own.enqueue(world.app, heavy, "a", { text: "" });
    const rows = await world.admin.query<{ priority: number }>(
      "SELECT priority FROM pgboss.job WHERE name = 'heavy' ORDER BY id",
    );
    expect(rows.map((row) => row.priority)).to.deep.equal([-2, -4, -6]);
  });
});
