import { clock, newId } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Conflict, Forbidden, NotFound } from "../../kernel/errors.js";
import { outranks, Role } from "../access/index.js";
import type { MeteringService } from "../metering/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import { InvitationInvalid, LastOwner, SignInRefused } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type {
  AcceptInvitationInput,
  ChangePasswordInput,
  InviteUserInput,
  InviteUserPayload,
  SignInPayload,
  UpdateUserInput,
} from "./identity.inputs.js";
import { checkPassword, hashPassword, verifyPassword } from "./password.js";
import type { SessionService } from "./session.service.js";
import { lifetimes, type Tokens } from "./tokens.js";
import { User, UserStatus } from "./user.entity.js";

/** The people of a tenant. Sole writer of `user_account`. */
export class UserService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly metering: MeteringService,
    private readonly sessions: SessionService,
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

  /** Takes a seat. Throws EMAIL_TAKEN, QUOTA_EXCEEDED, or FORBIDDEN for a role above the viewer's own. */
  async invite(context: TenantContext, { email, name, role }: InviteUserInput): Promise<InviteUserPayload> {
    requireRank(context, role);
    const invitation = newId("invitation");
    const expiresAt = new Date(clock.now().getTime() + lifetimes.invitationMs);
    const user = newUser({ email, name, role, status: UserStatus.INVITED, passwordHash: null });
    Object.assign(user, { invitationHash: sha256(invitation), invitationExpiresAt: expiresAt });
    await context.tenant.write("user.invite", (work) => this.#insert(work, user, "user.invited"));
    const claims = { sub: user.id, tid: context.tenant.tenant.id, jti: invitation };
    return { user, invitationToken: await this.tokens.sign("invitation+jwt", claims, expiresAt) };
  }

  async #insert(work: UnitOfWork, user: User, type: "user.invited" | "user.joined"): Promise<void> {
    await this.metering.reserve(work, "seats");
    await work.manager.insert(User, user);
    const { email, name, role, status } = user;
    work.emit<IdentityEvent>({ type, subject: user.id, after: { email, name, role, status } });
  }

  /** Sets the password of an invited person and signs them in. Throws INVITATION_INVALID; each works once. */
  async accept(
    context: RequestContext,
    { invitationToken, password }: AcceptInvitationInput,
  ): Promise<SignInPayload> {
    const claims = await this.tokens.verify("invitation+jwt", invitationToken);
    const tenant = claims?.tid ? await this.tenancy.directory.find({ id: claims.tid }) : null;
    if (!claims || !tenant || !isServed(tenant)) throw new InvitationInvalid();
    checkPassword("password", password, [tenant.slug]);
    const passwordHash = await hashPassword(password);
    const viewer = { ...context.viewer, kind: "user" as const, id: claims.sub };
    const scope = this.tenancy.scope(tenant, { viewer, origin: context });
    const issue = await scope.write("user.join", async (work) => {
      const [joined] = await work.query<{ role: Role }>(
        `update user_account set password_hash = $3, status = 'ACTIVE', invitation_hash = null, invitation_expires_at = null,
           last_active_at = $4, updated_at = $4
         where id = $1 and invitation_hash = $2 and status = 'INVITED' and invitation_expires_at > $4 returning role`,
        [claims.sub, sha256(claims.jti), passwordHash, clock.now()],
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
      const user = await this.#lock(work, id);
      requireRank(context, user.role);
      const change = { name: name ?? user.name, role: role ?? user.role, updatedAt: clock.now() };
      if (change.role !== user.role) {
        requireRank(context, change.role);
        await this.#keepAnOwner(work, user);
        this.sessions.revokeAtCommit(work, id);
      }
      await work.manager.update(User, { id }, change);
      const before = { name: user.name, role: user.role };
      work.emit<IdentityEvent>({
        type: "user.updated",
        subject: id,
        before,
        after: { name: change.name, role: change.role },
      });
      return Object.assign(user, change);
    });
  }

  /** Ends the person's sessions at once and frees the seat. Also takes back an invitation. */
  async deactivate(context: TenantContext, id: string): Promise<User> {
    return context.tenant.write("user.deactivate", async (work) => {
      const user = await this.#lock(work, id);
      requireRank(context, user.role);
      if (user.status === UserStatus.DEACTIVATED) throw new Conflict("This account is deactivated already.");
      await this.#keepAnOwner(work, user);
      await this.metering.release(work, "seats");
      await this.sessions.end(work, id);
      this.sessions.revokeAtCommit(work, id);
      return this.#setStatus(work, user, UserStatus.DEACTIVATED);
    });
  }

  /** Takes a seat again. Throws QUOTA_EXCEEDED. Somebody who never accepted needs a new invitation. */
  async reactivate(context: TenantContext, id: string): Promise<User> {
    return context.tenant.write("user.reactivate", async (work) => {
      const user = await this.#lock(work, id);
      requireRank(context, user.role);
      if (user.status !== UserStatus.DEACTIVATED || user.passwordHash === null)
        throw new Conflict("Only a deactivated account that was active before can be reactivated.");
      await this.metering.reserve(work, "seats");
      return this.#setStatus(work, user, UserStatus.ACTIVE);
    });
  }

  /** Ends every other session of the person. Throws SIGN_IN_REFUSED where the present password is wrong. */
  async changePassword(
    context: TenantContext,
    { currentPassword, newPassword }: ChangePasswordInput,
  ): Promise<string[]> {
    const id = context.viewer.id ?? "";
    const user = await context.tenant.read((manager) => manager.findOneBy(User, { id }));
    if (!user || !(await verifyPassword(user.passwordHash, currentPassword)))
      throw new SignInRefused("The present password is not right.");
    checkPassword("newPassword", newPassword, [user.email, user.email.split("@")[0] ?? "", user.name]);
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

  async #lock(work: UnitOfWork, id: string): Promise<User> {
    const user = await work.manager.findOne(User, { where: { id }, lock: { mode: "pessimistic_write" } });
    if (user) return user;
    throw new NotFound("There is no such user.");
  }

  /** Locks every owner, so that two who demote each other at once cannot both succeed. */
  async #keepAnOwner(work: UnitOfWork, user: User): Promise<void> {
    if (user.role !== Role.OWNER || user.status !== UserStatus.ACTIVE) return;
    const owners = await work.query(
      "select id from user_account where role = 'OWNER' and status = 'ACTIVE' order by id for update",
    );
    if (owners.length < 2) throw new LastOwner();
  }
}

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

/** Nobody grants, or changes somebody with, a role above their own. */
function requireRank({ viewer }: TenantContext, role: Role): void {
  if (viewer.kind === "user" && viewer.role !== null && outranks(viewer.role, role)) return;
  if (viewer.kind === "apiKey" && role !== Role.OWNER) return;
  throw new Forbidden(`The role ${role} is above yours.`);
}
