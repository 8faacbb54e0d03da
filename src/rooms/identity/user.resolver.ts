import { Arg, Ctx, Extensions, Mutation, Resolver } from "type-graphql";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import { unrepeatable } from "../../kernel/graphql/idempotency.js";
import { alwaysAllowed } from "../../kernel/graphql/operation.js";
import { Connection, type Declared } from "../../kernel/graphql/reads/declare.js";
import {
  AcceptInvitationInput,
  ChangePasswordInput,
  InviteUserInput,
  InviteUserPayload,
  SessionsPayload,
  SignInPayload,
  UpdateUserInput,
  UserInput,
  UserPayload,
} from "./identity.inputs.js";
import type { InvitationService } from "./invitation.service.js";
import { User } from "./user.entity.js";
import type { UserService } from "./user.service.js";

@Resolver()
export class UserResolver {
  constructor(
    private readonly service: UserService,
    private readonly invitations: InvitationService,
  ) {}

  @Connection(User, { description: "The people of the tenant, the newest first." })
  readonly users!: Declared;

  @Mutation(() => InviteUserPayload, {
    description: "Takes a seat at once; the person comes in with the token of the answer.",
  })
  inviteUser(
    @Ctx() context: TenantContext,
    @Arg("input") input: InviteUserInput,
  ): Promise<InviteUserPayload> {
    return this.invitations.invite(context, input);
  }

  @Extensions(unrepeatable)
  @Mutation(() => SignInPayload, { description: "Sets the password of an invited person and signs them in." })
  acceptInvitation(
    @Ctx() context: RequestContext,
    @Arg("input") input: AcceptInvitationInput,
  ): Promise<SignInPayload> {
    return this.invitations.accept(context, input);
  }

  @Mutation(() => UserPayload, {
    description: "A changed role takes effect at once; tokens of before must be refreshed.",
  })
  async updateUser(
    @Ctx() context: TenantContext,
    @Arg("input") input: UpdateUserInput,
  ): Promise<UserPayload> {
    return { user: await this.service.update(context, input) };
  }

  @Mutation(() => UserPayload, { description: "Ends the person's sessions at once and frees the seat." })
  async deactivateUser(@Ctx() context: TenantContext, @Arg("input") { id }: UserInput): Promise<UserPayload> {
    return { user: await this.service.deactivate(context, id) };
  }

  @Mutation(() => UserPayload, { description: "Takes a seat again; the person can sign in as before." })
  async reactivateUser(@Ctx() context: TenantContext, @Arg("input") { id }: UserInput): Promise<UserPayload> {
    return { user: await this.service.reactivate(context, id) };
  }

  @Extensions({ ...unrepeatable, ...alwaysAllowed })
  @Mutation(() => SessionsPayload, {
    description: "Ends all sessions of the viewer; sign in again with the new password.",
  })
  async changePassword(
    @Ctx() context: TenantContext,
    @Arg("input") input: ChangePasswordInput,
  ): Promise<SessionsPayload> {
    return { revokedSessionIds: await this.service.changePassword(context, input) };
  }
}
