/** Documents of mutations that many specs send, named as their field. */
const mutation = (name: string, answer: string): string => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${answer} } }`;
};

const tokens = "accessToken refreshToken expiresAt";
const tenant = "tenant { id slug name plan status customDomain purgeAt persistedOnly createdAt updatedAt }";
const user = "user { id email name role status }";
const apiKey = "id name scopes persistedOnly createdAt expiresAt revokedAt lastUsedAt";

export const createTenant = mutation(
  "createTenant",
  `${tenant} owner { id email role status } nextSteps { title operation }`,
);
export const updateTenant = mutation("updateTenant", tenant);
export const suspendTenant = mutation("suspendTenant", tenant).replace("SuspendTenantInput", "TenantInput");
export const resumeTenant = mutation("resumeTenant", tenant).replace("ResumeTenantInput", "TenantInput");
export const deleteTenant = mutation("deleteTenant", tenant);
export const signIn = mutation("signIn", tokens);
export const refreshSession = mutation("refreshSession", tokens);
export const inviteUser = mutation("inviteUser", `${user} invitationToken`);
export const acceptInvitation = mutation("acceptInvitation", tokens);
export const updateUser = mutation("updateUser", user);
export const deactivateUser = mutation("deactivateUser", user).replace("DeactivateUserInput", "UserInput");
export const reactivateUser = mutation("reactivateUser", user).replace("ReactivateUserInput", "UserInput");
export const changePassword = mutation("changePassword", "revokedSessionIds");
export const revokeSession = mutation("revokeSession", "revokedSessionIds");
export const createApiKey = mutation("createApiKey", `apiKey { ${apiKey} } secret`);
export const revokeApiKey = mutation("revokeApiKey", `apiKey { ${apiKey} }`);
export const signOut = "mutation { signOut { signedOut } }";
