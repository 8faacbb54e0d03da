import { type TenantOfWorld, World } from "../../test/support/world.js";
import { Comparison, type Pace, type Report } from "./graphql/compare.js";
import { Loader } from "./graphql/loader.js";
import { installPeers } from "./graphql/peers.js";
import { reportTurns } from "./graphql/report.js";
import { scenarios, type ServerName, serverNames } from "./graphql/scenarios.js";
import { seed } from "./graphql/seed.js";
import { admitPeers, type Server, startPeer, startTenfold } from "./graphql/server.js";
import { ownerHeaders } from "./graphql/world.js";
import { predictionFigures } from "./graphql/prediction.js";
import { subscriptionFigures } from "./graphql/subscriptions.js";
import { tenantFigures } from "./graphql/many-tenants.js";
import type { Bench } from "../support/programs.js";

const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

const full: Pace = { rounds: 7, warmUpMs: 3_000, turnMs: 3_000 };
const quick: Pace = { rounds: 3, warmUpMs: 1_500, turnMs: 1_000 };

/** What `--only` can name beside servers and scenarios. */
const parts = {
  compare,
  prediction: predictionFigures,
  tenants: tenantFigures,
  subscriptions: subscriptionFigures,
};

/** Whether a name of one kind is chosen: where none of its kind is, all are. */
const chooses =
  (only: readonly string[], kind: readonly string[]) =>
  (name: string): boolean =>
    !only.some((chosen) => kind.includes(chosen)) || only.includes(name);

/** Ours first: it refuses to start on a database in which a login other than its own can read a tenant's tables. */
async function start(world: World, tenant: TenantOfWorld, viewerId: string, names: readonly ServerName[]) {
  const servers: Server[] = [];
  if (names.includes("tenfold")) servers.push(await startTenfold(world));
  const { schema } = tenant;
  const access = { databaseUrl: await admitPeers(world, schema), schema, viewerId };
  for (const name of names) if (name !== "tenfold") servers.push(await startPeer(name, access));
  return servers;
}

async function compare(report: Report, brief: boolean, only: readonly string[]): Promise<void> {
  const world = await World.start();
  const loader = new Loader();
  const servers: Server[] = [];
  try {
    const tenant = await world.tenant("reads");
    await seed(world, tenant.schema);
    const { viewerId, headers } = await ownerHeaders(world, tenant);
    const names = serverNames.filter(chooses(only, serverNames));
    servers.push(...(await start(world, tenant, viewerId, names)));
    const comparison = new Comparison(servers, loader, headers, brief ? quick : full);
    await comparison.watchDatabase(world);
    for (const scenario of scenarios.filter(({ name }) => chooses(only, scenarioNames)(name)))
      reportTurns(scenario, await comparison.run(scenario), report);
  } finally {
    await Promise.all([...servers, loader].map((child) => child.stop()));
    await world.stop();
  }
}

/** The figures; the check allows a tenth for what a shared machine does meanwhile. */
const within = 0.9;
const atLeast = (ratio: number) => ({ of: "ratio", atLeast: ratio * within }) as const;
const atMost = (ratio: number) => ({ of: "ratio", atMost: ratio / within }) as const;

export const program: Bench = {
  summary: "reads against PostGraphile, mercurius, Yoga with Drizzle, and a bare server that passes JSON on",
  parts: [...Object.keys(parts), ...scenarioNames, ...serverNames],
  targets: {
    "graphql.list.vs-postgraphile": atLeast(1.5),
    "graphql.list.vs-postgraphile.cpu": atMost(0.65),
    "graphql.list.vs-mercurius": atLeast(1.8),
    "graphql.list.vs-bare": atLeast(1 / 1.8),
    "graphql.page.vs-postgraphile": atLeast(1.5),
    "graphql.page.vs-bare": atLeast(1 / 1.8),
    "graphql.typename.vs-postgraphile": atLeast(1.5),
    "graphql.viewer.vs-postgraphile": atLeast(1.5),
    "graphql.prediction.adds": { of: "value", atMost: 0.3 / within },
    "graphql.tenants.throughput": atLeast(0.8),
    "graphql.tenants.heap-growth": { of: "value", atMost: 10 / within },
    "graphql.tenants.connections": { of: "ratio", atMost: 1 },
    "graphql.subscriptions.p99": { of: "value", atMost: 100 / within },
    "graphql.sockets.held": { of: "value", atLeast: 10_000 },
  },
  async run(report, { only, quick }) {
    await installPeers();
    // Whoever names a server or a scenario means the comparison.
    const isScoped = only.some((name) => [...scenarioNames, ...serverNames].includes(name));
    const wanted = isScoped ? ["compare", ...only] : only;
    for (const [name, measure] of Object.entries(parts))
      if (chooses(wanted, Object.keys(parts))(name)) await measure(report, quick, wanted);
  },
};
