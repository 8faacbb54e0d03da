// The room of automation: operations registered ahead, to be run by their hash.
// Invariants: a hash names one text of one tenant; what is registered was valid, priced and allowed to its registrar;
// who lacks a permission that a registered operation needs runs no part of it.
import type { RequestContext } from "../../kernel/context.js";
import type { OperationLimits } from "../../kernel/graphql/limits.js";
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { TenancyService } from "../tenancy/index.js";
import { AllowListResolver, AutomationResolver } from "./automation.resolver.js";
import { OperationCache } from "./operation-cache.js";
import { OperationService } from "./operation.service.js";
import { PersistedOperation } from "./persisted-operation.entity.js";

/** The room, and what the door asks of it. */
export interface AutomationRoom extends Room {
  /** The text registered under 64 hexadecimal digits; null when there is none. Throws where the viewer may not run it. */
  lookup(context: RequestContext, sha256: string): Promise<string | null>;
}

/** `limits` are the door's: what is registered must pass them. */
export function automationRoom(
  kernel: Kernel,
  tenancy: TenancyService,
  limits: OperationLimits,
): AutomationRoom {
  const operations = new OperationService(limits, new OperationCache(kernel.notifications));
  return {
    name: "automation",
    lookup: (context, sha256) => operations.lookup(context, sha256),
    entities: [PersistedOperation],
    resolvers: [new AutomationResolver(operations, tenancy), new AllowListResolver(tenancy)],
    rules: {
      Query: { persistedOperations: can("operation:read") },
      Mutation: {
        registerPersistedOperations: can("operation:register"),
        removePersistedOperation: can("operation:register"),
        setPersistedOperationsOnly: can("operation:register"),
      },
    },
    nodes: [tenantNode("operation", PersistedOperation, can("operation:read"))],
  };
}
