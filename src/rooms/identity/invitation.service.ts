import { clock, newId } from "../../kernel/clock.js";
import { anonymous, type RequestContext, type TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { TenantSuspended } from "../../kernel/errors.js";
import type { Role } from "../access/index.js";
import type { MeteringService } from "../metering/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import { EmailTaken, InvitationInvalid } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type {
  AcceptInvitationInput,
  InviteUserInput,
  InviteUserPayload,
  SignInPayload,
} from "./identity.inputs.js";
import { checkPassword, hashPassword } from "./password.js";
import { newUser, requireRank, wordsOf } from "./people.js";
import { requireSameTenant, type SessionService } from "./session.service.js";
import { lifetimes, type Tokens } from "./tokens.js";
import { User, UserStatus } from "./user.entity.js";
import type { UserService } from "./user.service.js";

/** How people come in: each invitation is a signed token that works once, until it is replaced or expires. */
export class InvitationService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly metering: MeteringService,
    private readonly users: UserService,
    private readonly sessions: SessionService,
    private readonly tokens: Tokens,
  ) {}

  /**
   * Takes a seat, unless the person is invited already: then the new invitation replaces the old one. Throws
   * EMAIL_TAKEN, QUOTA_EXCEEDED, or FORBIDDEN for a role above the viewer's own.
   */
  async invite(context: TenantContext, { email, name, role }: InviteUserInput): Promise<InviteUserPayload> {
    requireRank(context, role);
    const invitation = newId("invitation");
    const expiresAt = new Date(clock.now().getTime() + lifetimes.invitationMs);
    const invited = newUser({ email, name, role, status: UserStatus.INVITED, passwordHash: null });
    Object.assign(invited, { invitationHash: sha256(invitation), invitationExpiresAt: expiresAt });
    const user = await context.tenant.write("user.invite", async (work) => {
      const before = await work.manager.findOne(User, {
        where: { email: invited.email },
        lock: { mode: "pessimistic_write" },
      });
      return before
        ? this.#inviteAgain(context, work, before, invited)
        : this.users.insert(work, invited, "user.invited");
    });
    const claims = { sub: user.id, tid: context.tenant.id, jti: invitation };
    return { user, invitationToken: await this.tokens.sign("invitation+jwt", claims, expiresAt) };
  }

  /** For somebody who never accepted, whether or not the invitation was taken back meanwhile. */
  async #inviteAgain(context: TenantContext, work: UnitOfWork, before: User, invited: User): Promise<User> {
    if (before.passwordHash !== null) throw new EmailTaken();
    requireRank(context, before.role);
    if (before.status === UserStatus.DEACTIVATED) await this.metering.reserve(work, "seats");
    const { name, role, status, invitationHash, invitationExpiresAt, updatedAt } = invited;
    const change = { name, role, status, invitationHash, invitationExpiresAt, updatedAt };
    await work.manager.update(User, { id: before.id }, change);
    work.emit<IdentityEvent>({ type: "user.invited", subject: before.id, after: { name, role, status } });
    return Object.assign(before, change);
  }

  /** Sets the password of an invited person and signs them in. Throws INVITATION_INVALID; each works once. */
  async accept(
    context: RequestContext,
    { invitationToken, password }: AcceptInvitationInput,
  ): Promise<SignInPayload> {
    const claims = await this.tokens.verify("invitation+jwt", invitationToken);
    const tenant = claims?.tid ? await this.tenancy.directory.find({ id: claims.tid }) : null;
    if (!claims || !tenant) throw new InvitationInvalid();
    requireSameTenant(context, tenant.id);
    if (!isServed(tenant)) throw new TenantSuspended();
    const viewer = { ...anonymous, kind: "user" as const, id: claims.sub };
    const scope = this.tenancy.scope(tenant, { viewer, origin: context });
    const invitation = { id: claims.sub, invitationHash: sha256(claims.jti) };
    // Before the password is hashed, because that is what costs; decided again by the update below.
    const invited = await scope.read((manager) => manager.findOneBy(User, invitation));
    if (!invited) throw new InvitationInvalid();
    checkPassword("password", password, [tenant.slug, ...wordsOf(invited)]);
    const passwordHash = await hashPassword(password);
    const issue = await scope.write("user.join", async (work) => {
      const [joined] = await work.query<{ role: Role }>(
        `update user_account set password_hash = $3, status = 'ACTIVE', invitation_hash = null, invitation_expires_at = null,
           last_active_at = $4, updated_at = $4
         where id = $1 and invitation_hash = $2 and status = 'INVITED' and invitation_expires_at > $4 returning role`,
        [invitation.id, invitation.invitationHash, passwordHash, clock.now()],
      );
      if (!joined) throw new InvitationInvalid();
      work.emit<IdentityEvent>({ type: "user.joined", subject: claims.sub });
      return this.sessions.begin(context, work, claims.sub, joined.role);
    });
    return issue();
  }
}
