import { Arg, Ctx, Extensions, Mutation, Resolver } from "type-graphql";
import { clock } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import { unrepeatable } from "../../kernel/graphql/idempotency.js";
import { alwaysAllowed } from "../../kernel/graphql/operation.js";
import { Connection, type Declared } from "../../kernel/graphql/reads/declare.js";
import {
  RefreshSessionInput,
  RevokeSessionInput,
  SessionsPayload,
  SignInInput,
  SignInPayload,
  SignOutPayload,
} from "./identity.inputs.js";
import { Session } from "./session.entity.js";
import type { SessionService } from "./session.service.js";
import type { SignInService } from "./sign-in.service.js";

@Resolver()
export class SessionResolver {
  constructor(
    private readonly service: SessionService,
    private readonly signIns: SignInService,
  ) {}

  @Connection(Session, {
    description: "The viewer's own open sessions.",
    // Whose they are is said by the rule, for every way to a session.
    rows: () => [
      { property: "revokedAt", comparison: "absent", value: null },
      { property: "expiresAt", comparison: "above", value: clock.now() },
    ],
  })
  readonly sessions!: Declared;

  @Extensions({ ...unrepeatable, ...alwaysAllowed })
  @Mutation(() => SignInPayload, {
    description: "As a person of the request's tenant; without a tenant, as the operator.",
  })
  signIn(@Ctx() context: RequestContext, @Arg("input") input: SignInInput): Promise<SignInPayload> {
    return this.signIns.signIn(context, input);
  }

  @Extensions({ ...unrepeatable, ...alwaysAllowed })
  @Mutation(() => SignInPayload, {
    description: "Each refresh token works once; used again, it ends the session.",
  })
  refreshSession(
    @Ctx() context: RequestContext,
    @Arg("input") input: RefreshSessionInput,
  ): Promise<SignInPayload> {
    return this.service.refresh(context, input.refreshToken);
  }

  @Extensions(alwaysAllowed)
  @Mutation(() => SignOutPayload, { description: "Ends this session at once, on open sockets too." })
  async signOut(@Ctx() context: RequestContext): Promise<SignOutPayload> {
    return { signedOut: await this.service.signOut(context) };
  }

  @Extensions(alwaysAllowed)
  @Mutation(() => SessionsPayload, { description: "Ends one of the viewer's own sessions." })
  async revokeSession(
    @Ctx() context: TenantContext,
    @Arg("input") { id }: RevokeSessionInput,
  ): Promise<SessionsPayload> {
    return { revokedSessionIds: await this.#end(context, id) };
  }

  @Extensions(alwaysAllowed)
  @Mutation(() => SessionsPayload, { description: "Ends all of the viewer's sessions, this one included." })
  async revokeAllSessions(@Ctx() context: TenantContext): Promise<SessionsPayload> {
    return { revokedSessionIds: await this.#end(context, null) };
  }

  #end({ tenant, viewer }: TenantContext, id: string | null): Promise<string[]> {
    return tenant.write("session.revoke", (work) => this.service.end(work, viewer.id ?? "", id));
  }
}
