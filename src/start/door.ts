import { fileURLToPath } from "node:url";
import type { GraphQLSchema } from "graphql";
import type { RequestContext } from "../kernel/context.js";
import { constraintError } from "../kernel/database/constraints.js";
import { Planner } from "../kernel/graphql/reads/planner.js";
import { refusalOf } from "../kernel/graphql/rules.js";
import { openDoor } from "../kernel/http/door.js";
import type { Door, Readiness } from "../kernel/http/options.js";
import type { Kernel } from "../kernel/kernel.js";
import { requestContext } from "../kernel/request-context.js";
import type { Room } from "../kernel/room.js";
import type { AutomationRoom } from "../rooms/automation/index.js";
import type { IdentityRoom } from "../rooms/identity/index.js";
import type { TenancyService } from "../rooms/tenancy/index.js";

/** What of a house stands behind its door. */
interface Behind {
  readonly rooms: readonly Room[];
  readonly tenancy: TenancyService;
  readonly identity: IdentityRoom;
  readonly automation: AutomationRoom;
}

const explorerDirectory = fileURLToPath(new URL("../../explorer", import.meta.url));

/** How large an operation and its request may be. */
export const limits = {
  depth: 12,
  aliases: 30,
  rootFields: 20,
  tokens: 5_000,
  directives: 50,
  cost: 20_000,
  bodyBytes: 2 * 1024 * 1024,
  requestTimeoutMs: 30_000,
};

/** Opens the door of a house that is brought up: who comes in, what is executed and what is refused. */
export function openHouse(
  kernel: Kernel,
  { automation, identity, rooms, tenancy }: Behind,
  schema: GraphQLSchema,
  ready: () => Promise<Readiness>,
): Promise<Door> {
  const { config, log, metrics } = kernel;
  const planner = new Planner(schema, kernel.source, log, metrics);
  return openDoor<RequestContext>({
    schema,
    limits,
    log,
    metrics,
    ready,
    host: config.host,
    port: config.port,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustedProxies,
    explorerDirectory,
    allowedHosts: async (host) =>
      config.hosts.some((own) => host === own || host.endsWith(`.${own}`)) ||
      (await tenancy.directory.find({ customDomain: host })) !== null,
    context: (facts) => {
      const identified = identity.authenticator.identify(facts, facts);
      return identified instanceof Promise
        ? identified.then((identity) => requestContext(kernel, facts, identity))
        : requestContext(kernel, facts, identified);
    },
    renew: async (context) => requestContext(kernel, context, await identity.authenticator.renew(context)),
    refusal: (context, document, type) => refusalOf(schema, document, context, type),
    execute: (args, operation) => planner.execute(args, operation),
    watch: (context, end) => identity.authenticator.watch(context, end),
    persistedOperation: (context, sha256) => automation.lookup(context, sha256),
    errorMap: constraintError(Object.assign({}, ...rooms.map((room) => room.constraints))),
    // A worker is looked at, not asked.
    surface: config.role === "worker" ? "health" : "all",
    routes: (server) => {
      for (const room of rooms) room.routes?.(server);
    },
  });
}
