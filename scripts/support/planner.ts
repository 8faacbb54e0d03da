import fc from "fast-check";
import { clock } from "../../src/kernel/clock.js";
import type { Authenticated } from "../../src/kernel/request-context.js";
import type { Client } from "../../test/support/client.js";
import type { World } from "../../test/support/world.js";
import { BothWays, origin, type Paths } from "./both-ways.js";
import { poolsOf } from "./planner-pools.js";
import { seed as seedRows } from "./planner-world.js";
import { type Query, queries, type Taste } from "./queries.js";
import { sameButForTiming } from "./same-answer.js";

export interface PlannerReport {
  /** Documents. */
  readonly cases: number;
  /** Answers compared: those with variables run with two sets of them. */
  readonly compared: number;
  /** Documents that the limits, the validation or the variables refused before anything ran. */
  readonly refusedUnread: number;
  /** Answers with the same data whose errors came in another order, or another of several below one null. */
  readonly reordered: number;
  readonly paths: Paths;
  /** 1 where the search stopped at a difference. */
  readonly different: number;
  /** The smallest failing document, and both answers. */
  readonly failure: string | null;
}

/** Everybody who may ask, by name. */
export type Viewers = Record<string, Authenticated>;

const identify = async ({ app }: World, { headers }: Client): Promise<Authenticated> => {
  const { authorization = null, "x-tenant": tenantSlug = null } = headers;
  return app.house.identity.authenticator.identify({ authorization, host: "localhost", tenantSlug }, origin);
};

/** Tenants with awkward rows, and everybody who may ask for them. */
export async function plannerWorld(world: World) {
  // From here on, new connections have an offset that JavaScript can't read in old times; no answer may show it.
  const [database] = await world.admin<{ name: string }>("select current_database() as name");
  await world.admin(`alter database ${database?.name} set timezone = 'Europe/Berlin'`);
  const sayable = await world.tenant("sayable");
  const unsayable = await world.tenant("unsayable");
  const bare = await world.tenant("bare");
  await seedRows(world, sayable, "sayable");
  await seedRows(world, unsayable, "unsayable");
  const clients = {
    owner: sayable.owner,
    viewer: await sayable.person("VIEWER"),
    key: await sayable.apiKey(["model:read", "training:read", "user:read"]),
    unsayable: unsayable.owner,
    bare: bare.owner,
    operator: await world.operator(),
    anonymous: world.anonymous("sayable"),
  };
  // What is not sealed yet would be by the first who verifies, and the second would see it.
  for (const tenant of [sayable, unsayable, bare]) await tenant.owner.send("{ verifyAuditTrail { ok } }");
  const viewers: Viewers = {};
  for (const [name, client] of Object.entries(clients)) viewers[name] = await identify(world, client);
  return {
    viewers,
    pools: await poolsOf(world, sayable, [unsayable, bare]),
    brokenPools: await poolsOf(world, unsayable, [sayable, bare]),
  };
}

const ofTenants: Taste = {
  often: ["models", "trainingJobs", "datasets", "model", "trainingJob"],
  seldom: ["verifyAuditTrail", "tenants", "findTenant"],
};
const ofOperator: Taste = {
  often: ["tenants", "findTenant"],
  seldom: Object.values({ ...ofTenants })
    .flat()
    .filter((name) => !/tenant/i.test(name)),
};

/** How often each asks. */
const asking = { owner: 20, viewer: 3, key: 3, unsayable: 6, bare: 2, operator: 2, anonymous: 1 };

/** Generated documents, answered both ways; stops at the first difference and shrinks it. */
export async function drillPlanner(world: World, seed: number, cases: number): Promise<PlannerReport> {
  const { viewers, pools, brokenPools } = await plannerWorld(world);
  const ways = new BothWays(world);
  const { schema } = world.app;
  const who = fc.oneof(
    ...Object.entries(asking).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })),
  );
  const sent = who.chain((name) =>
    fc.tuple(
      fc.constant(name),
      queries(
        schema,
        name === "unsayable" ? brokenPools : pools,
        name === "operator" ? ofOperator : ofTenants,
      ),
    ),
  );
  let reordered = 0;
  const property = fc.asyncProperty(sent, async ([name, query]) => {
    const viewer = viewers[name];
    if (!viewer) throw new Error(`Nobody is called ${name}.`);
    for (const variables of distinct(query.variables)) {
      const [planned, plain] = await ways.answers(query, variables, viewer);
      if (planned === plain) continue;
      if (!sameButForTiming(planned, plain)) throw new Error(told(name, query, variables, planned, plain));
      reordered += 1;
    }
  });
  const result = await frozen(() => fc.check(property, { seed, numRuns: cases }));
  return {
    cases: result.numRuns,
    compared: ways.compared,
    refusedUnread: ways.refusedUnread,
    reordered,
    paths: await ways.paths(),
    different: result.failed ? 1 : 0,
    failure: result.failed
      ? String((result.errorInstance as Error | null)?.message ?? result.errorInstance)
      : null,
  };
}

/** A document without variables runs once. */
const distinct = ([first, second]: Query["variables"]): Record<string, unknown>[] =>
  JSON.stringify(first) === JSON.stringify(second) ? [first] : [first, second];

const told = (name: string, { document }: Query, variables: object, planned: string, plain: string): string =>
  `as ${name}:\n${document}\nvariables ${JSON.stringify(variables)}\nplanned ${around(planned, plain)}\nplain   ${around(plain, planned)}`;

/** The text from shortly before where it differs from the other. */
function around(text: string, other: string): string {
  let place = 0;
  while (place < text.length && text[place] === other[place]) place += 1;
  return text.length < 2_000 ? text : `(at ${place}) ${text.slice(Math.max(0, place - 400), place + 600)}`;
}

/** Time stands still while `body` runs: limits, expiries and sessions depend on it. */
async function frozen<T>(body: () => Promise<T>): Promise<T> {
  const { now } = clock;
  const instant = now();
  clock.now = () => new Date(instant);
  try {
    return await body();
  } finally {
    clock.now = now;
  }
}
