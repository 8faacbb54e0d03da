import { Ctx, Extensions, Query, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { Connection, type Declared, filterBy } from "../../kernel/graphql/reads/declare.js";
import { AuditEvent } from "./audit-event.entity.js";
import { AuditFilter } from "./audit.inputs.js";
import { AuditVerification } from "./audit-verification.type.js";
import type { Verifier } from "./verifier.js";

@Resolver()
export class AuditResolver {
  constructor(private readonly verifier: Verifier) {}

  @Connection(AuditEvent, {
    description: "Who did what, newest first.",
    filter: filterBy<AuditFilter, AuditEvent>(AuditFilter, {
      actions: ["action", "oneOf"],
      actorId: ["actorId", "equal"],
      subject: ["subject", "equal"],
      outcome: ["outcome", "equal"],
      from: ["at", "atLeast"],
      to: ["at", "below"],
    }),
  })
  readonly auditEvents!: Declared;

  // A query, though it seals first what is unsealed: that would happen within seconds anyhow and changes no fact.
  @Extensions({ cost: 200 })
  @Query(() => AuditVerification, {
    description: "Hashes every event again and compares: nothing was changed since it was recorded.",
  })
  verifyAuditTrail(@Ctx() { tenant }: TenantContext): Promise<AuditVerification> {
    return this.verifier.verify(tenant);
  }
}
