// The room of tenancy: the registry of tenants, their plans, their schemas and their keys' wrapping.
// Invariants: the registry row alone says where a tenant's data is; a schema belongs to at most one tenant, ever;
// a tenant's status changes only along its lifecycle.

import { can, either, operator } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { constraints } from "./tenancy.errors.js";
import { TenancyResolver } from "./tenancy.resolver.js";
import { TenancyService } from "./tenancy.service.js";
import { Tenant } from "./tenant.entity.js";

export { scopeFor, untilServed } from "./background.js";
export { isServed, type KnownTenant, type TenantReference } from "./directory.js";
export { Plan, planLimits } from "./plan.js";
export { slugPattern } from "./tenancy.inputs.js";
export { type Sweep, TenantSweeper } from "./sweeper.js";
export { TenancyService } from "./tenancy.service.js";
export { Tenant } from "./tenant.entity.js";

const tendMs = 60_000;

export function tenancyRoom(kernel: Kernel, tenancy: TenancyService): Room {
  let tending: NodeJS.Timeout | undefined;
  return {
    name: "tenancy",
    entities: [Tenant],
    resolvers: [new TenancyResolver(tenancy)],
    constraints,
    rules: {
      Query: { tenant: can("tenant:read"), tenants: operator, findTenant: operator },
      Mutation: {
        updateTenant: operator,
        suspendTenant: operator,
        resumeTenant: operator,
        deleteTenant: operator,
      },
    },
    nodes: [
      {
        prefix: "tenant",
        rule: either(operator, can("tenant:read")),
        find: async (context, id) =>
          context.viewer.kind === "operator" || context.tenant?.id === id
            ? tenancy.look(context, { id })
            : null,
      },
    ],
    work: async () => {
      const tend = (): Promise<unknown> =>
        Promise.all([tenancy.pool.refill(), tenancy.purgeDue()]).catch((error: unknown) =>
          kernel.log.error({ err: error }, "tenants due for deletion were not ended"),
        );
      tending = setInterval(() => void tend(), tendMs);
      await tend();
    },
    close: async () => {
      clearInterval(tending);
      await tenancy.pool.settled();
    },
  };
}
