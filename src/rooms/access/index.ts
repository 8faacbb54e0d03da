// The room of access: which permissions exist and which role holds them. It has no tables and imports no room.
export { allPermissions, isPermission } from "./permissions.js";
export { outranks, permissionsOf, Role } from "./roles.js";
