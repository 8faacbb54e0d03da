import { World } from "../../../test/support/world.js";
import { figure, median } from "../../support/figures.js";
import { newTenants } from "../../support/new-tenants.js";
import { progressBar } from "../../support/progress.js";
import { uniqueSlug } from "../../support/tenants.js";
import { dataOf } from "./answers.js";
import { clients, type Report } from "./compare.js";
import { Loader } from "./loader.js";
import { operationOf, scenarios } from "./scenarios.js";
import { seed } from "./seed.js";
import { poolSize, type Server, startTenfold } from "./server.js";
import { accessToken, ownerHeaders } from "./world.js";

const tables = ["user_account", "model", "model_version", "deployment", "training_job"];
const shape = { users: 20, models: 25, versions: 1, jobs: 2 };

interface Home {
  id: string;
  schema: string;
}

/** Every tenant gets the rows of one, so that each answer has the same length and costs the database the same. */
async function furnishAll(world: World, from: string, homes: readonly Home[]): Promise<void> {
  for (let done = 0; done < homes.length; done += 20) {
    const texts = homes.slice(done, done + 20).map(({ schema }) => {
      const copies = tables.map((table) => `insert into ${schema}.${table} select * from ${from}.${table}`);
      return [...copies, `analyze ${tables.map((table) => `${schema}.${table}`).join(", ")}`].join(";");
    });
    await world.admin(texts.join(";"));
  }
}

/** Most connections that the server had, looked at while `work` runs. */
async function watched(world: World, since: Date, work: Promise<unknown>): Promise<number> {
  let over = false;
  let most = 0;
  const end = (): void => void (over = true);
  work.then(end, end);
  while (!over) {
    const [row] = await world.admin<{ count: number }>(
      "select count(*)::int from pg_stat_activity where application_name = 'tenfold' and backend_start > $1",
      [since],
    );
    most = Math.max(most, row?.count ?? 0);
  }
  await work;
  return most;
}

async function provision(world: World, count: number): Promise<void> {
  const create = await newTenants(world.app);
  const bar = progressBar("tenants");
  for (let done = 0; done < count; done += 1) {
    if (done % 50 === 0) await world.app.kernel.schemas.refill(Math.min(50, count - done));
    await create(uniqueSlug());
    bar.update(done + 1, count);
  }
  bar.stop();
}

async function settled(world: World, count: number) {
  const pattern = await world.tenant("pattern");
  await seed(world, pattern.schema, shape);
  const { permissions } = (await pattern.owner.get("{ viewer { permissions } }")).viewer;
  await provision(world, count);
  const homes = await world.admin<Home & Record<string, string>>(
    "select tenant_id as id, name as schema from control.tenant_schema where tenant_id is not null and tenant_id <> $1",
    [pattern.id],
  );
  await furnishAll(world, pattern.schema, homes);
  const { headers, viewerId } = await ownerHeaders(world, pattern);
  const tokens = await Promise.all(homes.map(({ id }) => accessToken(world, id, viewerId, permissions)));
  return { one: [headers], all: tokens.map((token) => ({ authorization: `Bearer ${token}` })) };
}

/** The nested list of one tenant, and of all of them in turn, by the same server and the same clients. */
export async function tenantFigures(report: Report, quick: boolean): Promise<void> {
  const world = await World.start();
  const loader = new Loader();
  try {
    const { one, all } = await settled(world, quick ? 100 : 1_000);
    const since =
      (await world.admin<{ now: Date }>("select clock_timestamp() as now"))[0]?.now ?? new Date(0);
    const server = await startTenfold(world, ["--expose-gc"]);
    await measure(report, world, server, loader, { one, all, since }, quick);
    await server.stop();
  } finally {
    await loader.stop();
    await world.stop();
  }
}

type Headers = readonly Readonly<Record<string, string>>[];

async function measure(
  report: Report,
  world: World,
  server: Server,
  loader: Loader,
  { one, all, since }: { one: Headers; all: Headers; since: Date },
  quick: boolean,
): Promise<void> {
  const [list] = scenarios;
  if (!list) return;
  const { path, body } = operationOf(list, "tenfold");
  const sent = { ...one[0], "content-type": "application/json" };
  const answer = await (
    await fetch(new URL(path, server.url), { method: "POST", headers: sent, body })
  ).text();
  dataOf(answer);
  const bytes = Buffer.byteLength(answer);
  const rate = async (credentials: Headers, ms: number): Promise<number> => {
    const requests = credentials.map((each) => ({ headers: { ...sent, ...each }, body }));
    const load = await loader.run({ url: server.url, path, requests, clients, ms, bytes });
    return load.requests / (load.elapsedMs / 1_000);
  };
  await rate(one, 3_000);
  const before = await server.usage();
  // Long, so that every connection has met every tenant: a tenant's first visit is no steady state.
  await rate(all, quick ? 3_000 : 30_000);
  const rates = { one: [] as number[], all: [] as number[] };
  const rounds = async (): Promise<void> => {
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      rates.one.push(await rate(one, 3_000));
      rates.all.push(await rate(all, 5_000));
    }
  };
  const connections = await watched(world, since, rounds());
  const after = await server.usage();
  report(figure("graphql.tenants.throughput", median(rates.all), "requests/s", median(rates.one)));
  report(figure("graphql.tenants.heap-growth", (after.heapBytes - before.heapBytes) / 1e6, "MB"));
  report(figure("graphql.tenants.connections", connections, "connections", poolSize));
}
