import { clock } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Conflict, NotFound } from "../../kernel/errors.js";
import { permissionsOf, Role } from "../access/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ApiKeyService } from "./api-key.service.js";
import type { IdentityEvent } from "./identity.events.js";
import type { ChangePasswordInput, UpdateUserInput } from "./identity.inputs.js";
import { checkPassword, hashPassword } from "./password.js";
import { keepAnOwner, lock, newUser, requireRank, wordsOf } from "./people.js";
import type { SessionService } from "./session.service.js";
import type { SignInService } from "./sign-in.service.js";
import { User, UserStatus } from "./user.entity.js";

/** The people of a tenant. Sole writer of `user_account`. */
export class UserService {
  constructor(
    private readonly metering: MeteringService,
    private readonly sessions: SessionService,
    private readonly apiKeys: ApiKeyService,
    private readonly signIns: SignInService,
  ) {}

  /** The first person of a new tenant, inside the transaction that makes it. Takes a seat. */
  async createOwner(
    work: UnitOfWork,
    owner: { email: string; name: string; passwordHash: string },
  ): Promise<User> {
    const user = newUser({ ...owner, role: Role.OWNER, status: UserStatus.ACTIVE });
    await this.insert(work, user, "user.joined");
    return user;
  }

  /** Somebody new, with their seat. */
  async insert(work: UnitOfWork, user: User, type: "user.invited" | "user.joined"): Promise<User> {
    await this.metering.reserve(work, "seats");
    await work.manager.insert(User, user);
    const { email, name, role, status } = user;
    work.emit<IdentityEvent>({ type, subject: user.id, after: { email, name, role, status } });
    return user;
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
    await this.signIns.prove(context, user, currentPassword);
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
