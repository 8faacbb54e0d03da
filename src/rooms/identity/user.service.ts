import { clock, newId } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Conflict, Forbidden, NotFound, TenantSuspended } from "../../kernel/errors.js";
import { outranks, permissionsOf, Role } from "../access/index.js";
import type { MeteringService } from "../metering/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import type { ApiKeyService } from "./api-key.service.js";
import { EmailTaken, InvitationInvalid, LastOwner } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type {
  AcceptInvitationInput,
  ChangePasswordInput,
  InviteUserInput,
  InviteUserPayload,
  SignInPayload,
  UpdateUserInput,
} from "./identity.inputs.js";
import { checkPassword, hashPassword } from "./password.js";
import { requireSameTenant, type SessionService } from "./session.service.js";
import { lifetimes, type Tokens } from "./tokens.js";
import { User, UserStatus } from "./user.entity.js";

/** The people of a tenant. Sole writer of `user_account`. */
export class UserService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly metering: MeteringService,
    private readonly sessions: SessionService,
    private readonly apiKeys: ApiKeyService,
    private readonly tokens: Tokens,
  ) {}

  /** The first person of a new tenant, inside the transaction that makes it. Takes a seat. */
  async createOwner(
    work: UnitOfWork,
    owner: { email: string; name: string; passwordHash: string },
  ): Promise<User> {
    const user = newUser({ ...owner, role: Role.OWNER, status: UserStatus.ACTIVE });
    await this.#insert(work, user, "user.joined");
    return user;
  }

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
        : this.#insert(work, invited, "user.invited");
    });
    const claims = { sub: user.id, tid: context.tenant.tenant.id, jti: invitation };
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

  async #insert(work: UnitOfWork, user: User, type: "user.invited" | "user.joined"): Promise<User> {
    await this.metering.reserve(work, "seats");
    await work.manager.insert(User, user);
    const { email, name, role, status } = user;
    work.emit<IdentityEvent>({ type, subject: user.id, after: { email, name, role, status } });
    return user;
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
    const viewer = { ...context.viewer, kind: "user" as const, id: claims.sub };
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

  /** A changed role counts from the next request on: tokens that still carry the old one are refused. */
  async update(context: TenantContext, { id, name, role }: UpdateUserInput): Promise<User> {
    return context.tenant.write("user.update", async (work) => {
      const { user, owners } = await lock(work, id);
      requireRank(context, user.role);
      const change = { name: name ?? user.name, role: role ?? user.role, updatedAt: clock.now() };
      const before = { name: user.name, role: user.role };
      if (change.role !== user.role) {
        requireRank(context, change.role);
        keepAnOwner(user, owners);
        await this.apiKeys.revokeMadeBy(work, id, permissionsOf(change.role));
        this.sessions.revokeAtCommit(work, id);
      }
      await work.manager.update(User, { id }, change);
      const after = { name: change.name, role: change.role };
      work.emit<IdentityEvent>({ type: "user.updated", subject: id, before, after });
      return Object.assign(user, change);
    });
  }

  /** Ends the person's sessions and API keys at once and frees the seat. Also takes back an invitation. */
  async deactivate(context: TenantContext, id: string): Promise<User> {
    return context.tenant.write("user.deactivate", async (work) => {
      const { user, owners } = await lock(work, id);
      requireRank(context, user.role);
      if (user.status === UserStatus.DEACTIVATED) throw new Conflict("This account is deactivated already.");
      keepAnOwner(user, owners);
      await this.metering.release(work, "seats");
      await this.apiKeys.revokeMadeBy(work, id);
      await this.sessions.end(work, id);
      this.sessions.revokeAtCommit(work, id);
      return this.#setStatus(work, user, UserStatus.DEACTIVATED);
    });
  }

  /** Takes a seat again. Throws QUOTA_EXCEEDED. Somebody who never accepted needs a new invitation. */
  async reactivate(context: TenantContext, id: string): Promise<User> {
    return context.tenant.write("user.reactivate", async (work) => {
      const { user } = await lock(work, id);
      requireRank(context, user.role);
      if (user.status !== UserStatus.DEACTIVATED || user.passwordHash === null)
        throw new Conflict("Only a deactivated account that was active before can be reactivated.");
      await this.metering.reserve(work, "seats");
      return this.#setStatus(work, user, UserStatus.ACTIVE);
    });
  }

  /** Ends all of the person's sessions. Throws SIGN_IN_REFUSED where the present password is wrong, SIGN_IN_BLOCKED. */
  async changePassword(
    context: TenantContext,
    { currentPassword, newPassword }: ChangePasswordInput,
  ): Promise<string[]> {
    const id = context.viewer.id ?? "";
    const user = await context.tenant.read((manager) => manager.findOneBy(User, { id }));
    if (!user) throw new NotFound("There is no such user.");
    await this.sessions.prove(context, user, currentPassword);
    checkPassword("newPassword", newPassword, wordsOf(user));
    const passwordHash = await hashPassword(newPassword);
    return context.tenant.write("user.changePassword", async (work) => {
      await work.manager.update(User, { id }, { passwordHash, updatedAt: clock.now() });
      work.emit<IdentityEvent>({ type: "user.passwordChanged", subject: id });
      return this.sessions.end(work, id);
    });
  }

  async #setStatus(work: UnitOfWork, user: User, status: UserStatus): Promise<User> {
    const change = { status, invitationHash: null, invitationExpiresAt: null, updatedAt: clock.now() };
    await work.manager.update(User, { id: user.id }, change);
    work.emit<IdentityEvent>({
      type: "user.updated",
      subject: user.id,
      before: { status: user.status },
      after: { status },
    });
    return Object.assign(user, change);
  }
}

/**
 * Locks the person together with every owner, in one order, so that of two owners who demote each other one waits
 * and then sees that they are the last. Throws NOT_FOUND.
 */
async function lock(work: UnitOfWork, id: string): Promise<{ user: User; owners: User[] }> {
  const owner = { role: Role.OWNER, status: UserStatus.ACTIVE };
  const locked = await work.manager.find(User, {
    where: [{ id }, owner],
    order: { id: "ASC" },
    lock: { mode: "pessimistic_write" },
  });
  const user = locked.find((one) => one.id === id);
  if (!user) throw new NotFound("There is no such user.");
  return { user, owners: locked.filter(isActiveOwner) };
}

const isActiveOwner = ({ role, status }: User): boolean =>
  role === Role.OWNER && status === UserStatus.ACTIVE;

function keepAnOwner(user: User, owners: readonly User[]): void {
  if (isActiveOwner(user) && owners.length < 2) throw new LastOwner();
}

/** What a person's password must not be made of. */
const wordsOf = ({ email, name }: User): string[] => [email, email.split("@")[0] ?? "", ...name.split(/\s+/)];

function newUser(facts: Pick<User, "email" | "name" | "role" | "status" | "passwordHash">): User {
  const now = clock.now();
  return Object.assign(new User(), facts, {
    id: newId("user"),
    email: facts.email.trim().toLowerCase(),
    invitationHash: null,
    invitationExpiresAt: null,
    lastActiveAt: null,
    createdAt: now,
    updatedAt: now,
  });
}

/** Nobody grants, or changes somebody with, a role above their own; for a key that is one with more permissions. */
function requireRank({ viewer }: TenantContext, role: Role): void {
  if (viewer.kind === "user" && outranks(viewer.role as Role, role)) return;
  const held = [...permissionsOf(role)].every((permission) => viewer.permissions.has(permission));
  if (viewer.kind === "apiKey" && role !== Role.OWNER && held) return;
  throw new Forbidden(`The role ${role} is above what you may grant or change.`);
}
