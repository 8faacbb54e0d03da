import { expect } from "chai";
import { JobAborted, JobPostponed } from "../../../src/kernel/jobs/index.js";
import { noteJob } from "./definitions.js";
import { gate, until, untilAborted, World } from "./world.js";

describe("kernel/jobs: what is left of a tenant", function () {
  this.timeout(30_000);
  const job = noteJob({ name: "leaving", retryLimit: 0 });
  let world: World;

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  const left = async (tenant: string): Promise<string[]> => {
    const rows = await world.admin.query<{ state: string }>(
      `SELECT state::text FROM pgboss.job WHERE data ->> 'tenantId' = $1 AND state <> 'cancelled'
       UNION ALL SELECT 'turn' FROM control.queue_turn WHERE tenant_id = $1 ORDER BY state`,
      [tenant],
    );
    return rows.map(({ state }) => state);
  };

  it("is nothing: waiting, postponed, running, failed and finished jobs go, and turns; others' stay", async () => {
    const jobs = await world.start(job);
    const causes: unknown[] = [];
    const running = gate();
    jobs.work(
      job,
      async ({ payload: { text }, signal }) => {
        if (text === "postponed") throw new JobPostponed(3600);
        if (text === "fails") throw new Error("as told");
        if (text !== "runs") return;
        running.open();
        await untilAborted(signal).catch((error: unknown) => causes.push(error));
      },
      // A report that is never taken stays on its queue, as while its room is at fault.
      async () => Promise.reject(new Error("not now")),
    );
    const texts = ["finishes", "postponed", "fails", "runs"];
    for (const text of texts) await jobs.enqueue(world.app, job, "gone", { text });
    await jobs.enqueue(world.app, job, "gone", { text: "waits" }, { delaySeconds: 3600 });
    await jobs.enqueue(world.app, job, "kept", { text: "waits" }, { delaySeconds: 3600 });
    await running.opened;
    await until(async () => (await left("gone")).length >= 7);
    await world.app.within("ROLLBACK", (sql) => jobs.discard(sql, "gone"));
    expect(await left("gone")).to.include("active");
    await jobs.discard(world.app, "gone");
    await until(() => causes.length > 0);
    expect(causes[0]).to.be.instanceOf(JobAborted).with.property("why", "cancelled");
    await until(async () => {
      // A report under way ends as a retry of its own; a repeat of the call finds it.
      await jobs.discard(world.app, "gone");
      return (await left("gone")).length === 0;
    });
    expect(await left("kept")).to.deep.equal(["created", "turn"]);
  });
});
