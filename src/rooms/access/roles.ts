import { registerEnumType } from "type-graphql";
import { allPermissions, type Permission } from "./permissions.js";

/** A person's role within a tenant, from the most to the least powerful. */
export enum Role {
  OWNER = "OWNER",
  ADMIN = "ADMIN",
  MEMBER = "MEMBER",
  VIEWER = "VIEWER",
}
registerEnumType(Role, {
  name: "Role",
  description: "What a person may do within a tenant.",
  valuesConfig: {
    OWNER: { description: "May do everything in the tenant; one active owner always stays." },
    ADMIN: { description: "May do everything in the tenant, and changes nobody above." },
    MEMBER: { description: "Works with data and models; may not delete, nor manage people and keys." },
    VIEWER: { description: "Looks, and changes nothing but their own sessions." },
  },
});

const reading: Permission[] = [
  "tenant:read",
  "user:read",
  "session:read",
  "session:revoke",
  "dataset:read",
  "model:read",
  "training:read",
  "usage:read",
];

const working: Permission[] = [
  ...reading,
  "dataset:create",
  "model:create",
  "model:update",
  "model:deploy",
  "model:export",
  "training:start",
  "training:cancel",
  "prediction:create",
  "operation:read",
];

const granted: Record<Role, ReadonlySet<Permission>> = {
  [Role.OWNER]: new Set(allPermissions),
  [Role.ADMIN]: new Set(allPermissions),
  [Role.MEMBER]: new Set(working),
  [Role.VIEWER]: new Set(reading),
};

export const permissionsOf = (role: Role): ReadonlySet<Permission> => granted[role];

const rank: readonly string[] = Object.values(Role);

/** Whether a role is at least as powerful as another; nobody grants or changes what is above them. */
export const outranks = (role: string, other: Role): boolean =>
  rank.includes(role) && rank.indexOf(role) <= rank.indexOf(other);
