import { setTimeout as wait } from "node:timers/promises";
import { system } from "../../src/kernel/context.js";
import { applicationUrl } from "../../src/kernel/database/administration.js";
import type { TenantScope } from "../../src/kernel/database/tenant-scope.js";
import { defineJob, Jobs } from "../../src/kernel/jobs/index.js";
import { World } from "../../test/support/world.js";
import { median, percentile } from "../support/figures.js";
import type { Drill } from "../support/programs.js";

const crowd = 5;
const jobsEach = 2_000;
const samples = 40;
const jobMs = 5;
const pauseMs = 100;

const shortJob = defineJob<{ sample: number | null }>({
  name: "drill.fair",
  retryLimit: 0,
  retryDelaySeconds: 1,
  expireInSeconds: 60,
  heartbeatSeconds: 10,
  perTenant: 4,
  concurrency: 8,
});

async function scopeOf(world: World, slug: string): Promise<TenantScope> {
  await world.tenant(slug);
  const { tenancy } = world.app.house;
  const tenant = await tenancy.directory.find({ slug });
  if (!tenant) throw new Error("The tenant is gone.");
  return tenancy.scope(tenant, { viewer: system, origin: { requestId: "drill", ip: null, userAgent: null } });
}

const enqueue = (jobs: Jobs, scope: TenantScope, payloads: { sample: number | null }[]): Promise<void> =>
  scope.write("drill.enqueue", async (work) => {
    for (const payload of payloads) work.control((sql) => jobs.enqueue(sql, shortJob, scope.id, payload));
  });

/** Times from the commit of B's job to its start, one job at a time, while the crowd's jobs are worked off. */
async function pickUps(jobs: Jobs, latecomer: TenantScope, started: Map<number, number>): Promise<number[]> {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await enqueue(jobs, latecomer, [{ sample }]);
    const committed = performance.now();
    while (!started.has(sample)) await wait(1);
    // Its start may be seen before the answer to its commit.
    times.push(Math.max(0, (started.get(sample) ?? 0) - committed));
    await wait(pauseMs);
  }
  return times;
}

export const program: Drill = {
  summary: "one job of B behind 5 tenants with 2,000 short jobs each: picked up within 100 ms at the median",
  async run() {
    const world = await World.start({ role: "api" });
    const { kernel } = world.app;
    const password = kernel.masterKey.derive("database-login").toString("base64url");
    const connectionString = applicationUrl(world.databaseUrl, password);
    const jobs = new Jobs({ connectionString, log: kernel.log, jobs: [shortJob] });
    await jobs.start();
    const tenants: TenantScope[] = [];
    for (let count = 0; count <= crowd; count++) tenants.push(await scopeOf(world, `tenant-${count}`));
    const [latecomer, ...others] = tenants as [TenantScope, ...TenantScope[]];
    await Promise.all(
      others.map(async (tenant) => {
        for (let done = 0; done < jobsEach; done += 200)
          await enqueue(
            jobs,
            tenant,
            Array.from({ length: 200 }, () => ({ sample: null })),
          );
      }),
    );
    const started = new Map<number, number>();
    let worked = 0;
    jobs.work(shortJob, async ({ payload: { sample } }) => {
      if (sample !== null) started.set(sample, performance.now());
      else worked += 1;
      await wait(jobMs);
    });
    await wait(500);
    const times = await pickUps(jobs, latecomer, started);
    const backlog = crowd * jobsEach - worked;
    await jobs.stop({ graceMs: 1_000 });
    await world.stop();
    const medianMs = Math.round(median(times) * 10) / 10;
    // Without a backlog to the end the last samples would say nothing.
    const ok = medianMs <= 100 && backlog > 0;
    return { samples, medianMs, p95Ms: Math.round(percentile(times, 0.95) * 10) / 10, worked, backlog, ok };
  },
};
