// The room of metering: what was used, and whether a plan allows more.
// Invariants: usage is recorded in the transaction of the thing it meters; usage events are never changed;
// the sum of what is granted never passes a limit, however many ask at once.
import { can } from "../../kernel/graphql/rules.js";
import type { Room } from "../../kernel/room.js";
import { UsageEvent } from "./usage-event.entity.js";
import { UsageResolver } from "./usage.resolver.js";

export { Meter } from "./meter.js";
export { UsageLedger } from "./usage-ledger.js";
export { MeteringService } from "./metering.service.js";

export function meteringRoom(): Room {
  return {
    name: "metering",
    entities: [UsageEvent],
    resolvers: [new UsageResolver()],
    rules: { Query: { usage: can("usage:read") } },
  };
}
