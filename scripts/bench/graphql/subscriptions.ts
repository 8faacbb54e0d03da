import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { notificationChannel } from "../../../src/kernel/database/unit-of-work.js";
import { type TenantOfWorld, World } from "../../../test/support/world.js";
import { figure, percentile } from "../../support/figures.js";
import type { Report } from "./compare.js";
import { seed } from "./seed.js";
import { startTenfold, type Usage } from "./server.js";
import { Subscribers } from "./subscribers.js";
import { ownerHeaders } from "./world.js";

const subscriptions = 2_000;
const sockets = 10_000;
const trainings = 100;

/** Trainings under way, by the ids of their jobs. */
async function running(world: World, { schema }: TenantOfWorld): Promise<string[]> {
  await seed(world, schema, { users: 1, models: trainings, versions: 0, jobs: 2 });
  await world.admin(
    `insert into ${schema}.dataset (id, series_id, version, name, format, header, status, created_at, updated_at)
     values ('dataset', 'dataset', 1, 'dataset', 'CSV', true, 'PENDING', now(), now())`,
  );
  const rows = await world.admin<{ id: string }>(
    `update ${schema}.training_job set status = 'RUNNING', progress = null, dataset_id = 'dataset'
     where id in (select min(id) from ${schema}.training_job group by model_id) returning id`,
  );
  return rows.map(({ id }) => id);
}

/** What a worker's commit sends for an epoch, with the instant of its sending in place of an estimate. */
const news = (tenant: string, job: string, epoch: number): string => {
  const figures = { loss: 0.1, accuracy: 0.9, valLoss: 0.1, valAccuracy: 0.9 };
  const progress = { epoch, epochs: 1_000_000, ...figures, etaMs: Date.now() };
  return JSON.stringify({ topic: "training", tenant, job, progress });
};

/** An epoch of every training each second: through the second as trainings have it, or all at its beginning. */
async function publish(
  world: World,
  tenant: string,
  jobs: readonly string[],
  { seconds, from, spread }: { seconds: number; from: number; spread: boolean },
): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const begun = performance.now();
  for (let second = 0; second < seconds; second += 1) {
    for (const [place, job] of jobs.entries()) {
      const due = begun + 1_000 * (second + (spread ? place / jobs.length : 0));
      if (due > performance.now()) await wait(due - performance.now());
      await client.query("select pg_notify($1, $2)", [notificationChannel, news(tenant, job, from + second)]);
    }
  }
  await client.end();
}

/** Waits for what is still on its way, and refuses a figure of which events are missing. */
async function delivered(subscribers: Subscribers, expected: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let tries = 0; tries < 100 && latencies.length < expected; tries += 1) {
    latencies.push(...(await subscribers.collect()).latencies);
    await wait(100);
  }
  if (latencies.length !== expected) throw new Error(`${latencies.length} of ${expected} events arrived.`);
  return latencies;
}

/** Followers of trainings, then as many sockets that only stay open. */
export async function subscriptionFigures(report: Report, quick: boolean): Promise<void> {
  const world = await World.start();
  const subscribers = new Subscribers();
  try {
    const tenant = await world.tenant("subscriptions");
    const jobs = await running(world, tenant);
    const { headers } = await ownerHeaders(world, tenant);
    const server = await startTenfold(world, ["--expose-gc"]);
    const { authorization = "" } = headers;
    const empty = await server.usage();
    await subscribers.open(subscriptions, server.url, authorization, jobs);
    const seconds = quick ? 5 : 20;
    for (const [from, spread] of [
      [1, true],
      [seconds + 1, false],
    ] as const) {
      await publish(world, tenant.id, jobs, { seconds, from, spread });
      const latencies = await delivered(subscribers, subscriptions * seconds);
      const name = spread ? "graphql.subscriptions" : "graphql.subscriptions.at-once";
      report(figure(`${name}.p50`, percentile(latencies, 0.5), "ms"));
      report(figure(`${name}.p99`, percentile(latencies, 0.99), "ms"));
    }
    await subscribers.open(sockets - subscriptions, server.url, authorization, []);
    // A minute, in which the server pings each of them twice.
    await wait(quick ? 5_000 : 65_000);
    reportSockets(report, (await subscribers.collect()).open, empty, await server.usage());
    await server.stop();
  } finally {
    await subscribers.stop();
    await world.stop();
  }
}

/** With the subscriptions of some, and whatever serving their events left behind. */
function reportSockets(report: Report, open: number, empty: Usage, full: Usage): void {
  const each = (measure: (usage: Usage) => number): number => (measure(full) - measure(empty)) / open / 1_024;
  report(figure("graphql.sockets.held", open, "sockets"));
  report(
    figure(
      "graphql.sockets.memory",
      each(({ rssBytes }) => rssBytes),
      "KiB/socket",
    ),
  );
  report(
    figure(
      "graphql.sockets.heap",
      each(({ heapBytes }) => heapBytes),
      "KiB/socket",
    ),
  );
}
