// The room of identity: people, sessions, API keys, the operator; who a request comes from.
// Invariants: no password or secret is stored in the clear; a refresh token works once, and its reuse ends the session;
// what is revoked is refused by every process from the commit on, on open sockets too.

import type { RequestContext } from "../../kernel/context.js";
import { Forbidden } from "../../kernel/errors.js";
import { tenantNode } from "../../kernel/graphql/node.js";
import type { Condition } from "../../kernel/graphql/reads/condition.js";
import { can, everyone, type Rule, signedIn } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import type { MeteringService } from "../metering/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { ApiKey } from "./api-key.entity.js";
import { ApiKeyResolver } from "./api-key.resolver.js";
import { ApiKeyService } from "./api-key.service.js";
import { sweepFailures } from "./attempts.js";
import { Authenticator } from "./authenticator.js";
import { constraints } from "./identity.errors.js";
import { InvitationService } from "./invitation.service.js";
import { Revocations } from "./revocations.js";
import { Session } from "./session.entity.js";
import { SessionResolver } from "./session.resolver.js";
import { SessionService } from "./session.service.js";
import { SignInService } from "./sign-in.service.js";
import { Tokens } from "./tokens.js";
import { User } from "./user.entity.js";
import { UserResolver } from "./user.resolver.js";
import { UserService } from "./user.service.js";
import { ViewerResolver } from "./viewer.resolver.js";

export { ensureOperator, type OperatorAccount } from "./operator.js";
export { checkPassword, hashPassword } from "./password.js";
export { User } from "./user.entity.js";
export { UserService } from "./user.service.js";

/** The room, and what the app and other rooms use of it. */
export interface IdentityRoom extends Room {
  readonly users: UserService;
  readonly authenticator: Authenticator;
  readonly revocations: Revocations;
}

const sweepMs = 10 * 60_000;

export function identityRoom(
  kernel: Kernel,
  tenancy: TenancyService,
  metering: MeteringService,
): IdentityRoom {
  const tokens = new Tokens(kernel.masterKey);
  const revocations = new Revocations(kernel.control, kernel.notifications);
  const sessions = new SessionService(tenancy, tokens, revocations);
  const apiKeys = new ApiKeyService(sessions);
  const signIns = new SignInService(sessions);
  const users = new UserService(metering, sessions, apiKeys, signIns);
  const invitations = new InvitationService(tenancy, metering, users, sessions, tokens);
  const { config, notifications } = kernel;
  const hosts = ["localhost", config.host, ...config.hosts];
  let sweeping: NodeJS.Timeout | undefined;
  return {
    name: "identity",
    users,
    revocations,
    authenticator: new Authenticator(tenancy, tokens, revocations, notifications, hosts),
    entities: [User, Session, ApiKey],
    resolvers: [
      new ViewerResolver(),
      new SessionResolver(sessions, signIns),
      new UserResolver(users, invitations),
      new ApiKeyResolver(apiKeys),
    ],
    constraints,
    rules: {
      Query: {
        viewer: signedIn,
        users: can("user:read"),
        sessions: ownSessions,
        apiKeys: can("apiKey:read"),
      },
      // Who one is oneself needs no permission to know.
      Viewer: { tenant: signedIn, user: signedIn, apiKey: signedIn },
      Mutation: {
        signIn: everyone,
        refreshSession: everyone,
        signOut: signedIn,
        revokeSession: person("session:revoke"),
        revokeAllSessions: person("session:revoke"),
        inviteUser: can("user:invite"),
        acceptInvitation: everyone,
        updateUser: can("user:update"),
        deactivateUser: can("user:update"),
        reactivateUser: can("user:update"),
        changePassword: person("session:revoke"),
        createApiKey: can("apiKey:create"),
        revokeApiKey: can("apiKey:revoke"),
      },
    },
    nodes: [
      tenantNode("session", Session, ownSessions),
      tenantNode("user", User, can("user:read")),
      tenantNode("key", ApiKey, can("apiKey:read")),
    ],
    work: async () => {
      const sweep = async (): Promise<void> => {
        await revocations.sweep();
        await sweepFailures(kernel.control);
      };
      const report = (error: unknown): void => kernel.log.error({ err: error }, "sweep failed");
      sweeping = setInterval(() => void sweep().catch(report), sweepMs);
    },
    close: async () => clearInterval(sweeping),
  };
}

const ownSessions: Rule = Object.assign(person("session:read"), {
  rows: ({ viewer }: RequestContext): Condition[] => [
    { property: "accountId", comparison: "equal", value: viewer.id },
  ],
});

/** For what a person does with their own account; an API key has none. */
function person(permission: string): Rule {
  const permitted = can(permission);
  const rule: Rule = (context) => {
    const verdict = permitted(context);
    if (verdict !== true || context.viewer.kind === "user") return verdict;
    return new Forbidden("This concerns a person's own account; an API key has none.");
  };
  return Object.assign(rule, { permission });
}
