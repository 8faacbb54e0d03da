import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Forbidden, NotFound } from "../../kernel/errors.js";
import { outranks, permissionsOf, Role } from "../access/index.js";
import { LastOwner } from "./identity.errors.js";
import { User, UserStatus } from "./user.entity.js";

/**
 * Locks the person together with every owner, in one order, so that of two owners who demote each other one waits
 * and then sees that they are the last. Throws NOT_FOUND.
 */
export async function lock(work: UnitOfWork, id: string): Promise<{ user: User; owners: User[] }> {
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

/** Throws LAST_OWNER where the change would leave none. */
export function keepAnOwner(user: User, owners: readonly User[]): void {
  if (isActiveOwner(user) && owners.length < 2) throw new LastOwner();
}

/** What a person's password must not be made of. */
export const wordsOf = ({ email, name }: User): string[] => [
  email,
  email.split("@")[0] ?? "",
  ...name.split(/\s+/),
];

export function newUser(facts: Pick<User, "email" | "name" | "role" | "status" | "passwordHash">): User {
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
export function requireRank({ viewer }: TenantContext, role: Role): void {
  if (viewer.kind === "user" && viewer.role !== null && outranks(viewer.role, role)) return;
  const held = [...permissionsOf(role)].every((permission) => viewer.permissions.has(permission));
  if (viewer.kind === "apiKey" && role !== Role.OWNER && held) return;
  throw new Forbidden(`The role ${role} is above what you may grant or change.`);
}
