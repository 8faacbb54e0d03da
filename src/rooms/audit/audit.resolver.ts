import { Args, Ctx, Extensions, Query, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { connectionOf, type Page, page } from "../../kernel/graphql/connection.js";
import { AuditEvent } from "./audit-event.entity.js";
import { AuditEventsArguments, narrowBy } from "./audit.inputs.js";
import { AuditVerification } from "./audit-verification.type.js";
import type { Verifier } from "./verifier.js";

const AuditEventConnection = connectionOf(AuditEvent, "AuditEvent");

@Resolver()
export class AuditResolver {
  constructor(private readonly verifier: Verifier) {}

  @Query(() => AuditEventConnection, { description: "Who did what, newest first." })
  auditEvents(
    @Ctx() { tenant }: TenantContext,
    @Args() args: AuditEventsArguments,
  ): Promise<Page<AuditEvent>> {
    return page(tenant, AuditEvent, args, { narrow: narrowBy(args.filter) });
  }

  // A query, though it seals first what is unsealed: that would happen within seconds anyhow and changes no fact.
  @Extensions({ cost: 200 })
  @Query(() => AuditVerification, {
    description: "Hashes every event again and compares: nothing was changed since it was recorded.",
  })
  verifyAuditTrail(@Ctx() { tenant }: TenantContext): Promise<AuditVerification> {
    return this.verifier.verify(tenant);
  }
}
