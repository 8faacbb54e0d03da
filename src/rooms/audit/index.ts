// The room of audit: who did what, kept so that a change of it shows. It listens to events; nobody imports it.
// Invariants: an event is in the trail exactly when its change is in the database; a recorded event never changes;
// every event is sealed exactly once, within seconds, into its tenant's chain, whose head only Tenfold can sign.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { type TenancyService, TenantSweeper } from "../tenancy/index.js";
import { AuditEvent } from "./audit-event.entity.js";
import { AuditResolver } from "./audit.resolver.js";
import { Heads } from "./heads.js";
import { recorder } from "./recorder.js";
import { Sealer } from "./sealer.js";
import { trailSweep } from "./sweep.js";
import { Verifier } from "./verifier.js";

export function auditRoom(kernel: Kernel, tenancy: TenancyService): Room {
  const heads = new Heads(kernel.masterKey);
  const sealer = new Sealer(kernel, heads);
  const sweeper = new TenantSweeper(kernel, tenancy, trailSweep(sealer));
  return {
    name: "audit",
    entities: [AuditEvent],
    resolvers: [new AuditResolver(new Verifier(kernel, heads, sealer))],
    rules: { Query: { auditEvents: can("audit:read"), verifyAuditTrail: can("audit:read") } },
    nodes: [tenantNode("audit", AuditEvent, can("audit:read"))],
    listener: recorder(sealer),
    work: async () => sweeper.start(),
    close: async () => {
      await sweeper.close();
      await sealer.close();
    },
  };
}
