import { clock } from "../../kernel/clock.js";
import { anonymous, type RequestContext } from "../../kernel/context.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { TenantMismatch, TenantSuspended, Unauthenticated } from "../../kernel/errors.js";
import { permissionsOf, type Role } from "../access/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import type { IdentityEvent } from "./identity.events.js";
import type { SignInPayload } from "./identity.inputs.js";
import type { Revocations } from "./revocations.js";
import { type OpenSession, type Rotation, SessionStore } from "./session-store.js";
import { lifetimes, type Tokens } from "./tokens.js";

const spent = "The refresh token is not valid any more. Sign in again.";

/** Staying signed in and signing out. Sole writer of sessions. */
export class SessionService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    readonly revocations: Revocations,
  ) {}

  /** A session for somebody who has just proved who they are in another way, e.g. by an invitation. */
  async begin(
    context: RequestContext,
    work: UnitOfWork,
    accountId: string,
    role: Role,
  ): Promise<() => Promise<SignInPayload>> {
    work.emit<IdentityEvent>({ type: "session.created", subject: accountId });
    const session = await new SessionStore(work, "tenant").create(accountId, context);
    return () => this.issue(session, work.tenant.id, role);
  }

  /** Throws UNAUTHENTICATED; where the token was used before, the whole session ends as well. */
  async refresh(context: RequestContext, refreshToken: string): Promise<SignInPayload> {
    const claims = await this.tokens.verify("refresh+jwt", refreshToken);
    const [sessionId, rotation] = claims?.jti.split(".") ?? [];
    if (!claims || !sessionId) throw new Unauthenticated(spent);
    requireSameTenant(context, claims.tid);
    return claims.tid === null
      ? this.#refreshOperator(context, sessionId, Number(rotation))
      : this.#refreshUser(context, claims.sub, claims.tid, sessionId, Number(rotation));
  }

  async #refreshOperator(
    context: RequestContext,
    sessionId: string,
    rotation: number,
  ): Promise<SignInPayload> {
    const rotated = await context.control.write(async (work) => {
      const outcome = await new SessionStore(work, "operator").rotate(sessionId, rotation);
      if (outcome.kind === "reused") await this.revocations.write(work, sessionId);
      return outcome;
    });
    return this.issue(this.#accept(rotated, sessionId), null, null);
  }

  async #refreshUser(
    context: RequestContext,
    accountId: string,
    tenantId: string,
    sessionId: string,
    rotation: number,
  ): Promise<SignInPayload> {
    const tenant = await this.tenancy.directory.find({ id: tenantId });
    if (!tenant) throw new Unauthenticated(spent);
    if (!isServed(tenant)) throw new TenantSuspended();
    const viewer = { ...anonymous, kind: "user" as const, id: accountId };
    const scope = this.tenancy.scope(tenant, { viewer, origin: context });
    const { rotated, role } = await scope.write("session.refresh", async (work) => {
      const outcome = await new SessionStore(work, "tenant").rotate(sessionId, rotation);
      if (outcome.kind === "reused") this.#reportReuse(work, accountId, sessionId);
      const [account] = await work.query<{ role: Role }>(
        "update user_account set last_active_at = $2 where id = $1 and status = 'ACTIVE' returning role",
        [accountId, clock.now()],
      );
      return { rotated: outcome, role: account?.role };
    });
    const session = this.#accept(rotated, sessionId);
    if (!role) throw new Unauthenticated("This account is not active.");
    return this.issue(session, tenant.id, role);
  }

  #reportReuse(work: UnitOfWork, accountId: string, sessionId: string): void {
    work.emit<IdentityEvent>({
      type: "session.reuseDetected",
      subject: accountId,
      after: { sessionId },
      outcome: "FAILURE",
    });
    work.control((sql) => this.revocations.write(sql, sessionId));
  }

  #accept(rotation: Rotation, sessionId: string): OpenSession {
    if (rotation.kind === "rotated") return rotation.session;
    if (rotation.kind === "reused") this.revocations.enter(sessionId, clock.now().getTime());
    throw new Unauthenticated(spent);
  }

  /** Ends the session that the request's access token belongs to, at once and everywhere. */
  async signOut(context: RequestContext): Promise<boolean> {
    const { viewer, tenant, control } = context;
    const { sessionId, id: accountId } = viewer;
    if (sessionId === null || accountId === null) return false;
    if (tenant) {
      const ids = await tenant.write("session.revoke", (work) => this.end(work, accountId, sessionId));
      return ids.length > 0;
    }
    const ended = await control.write(async (work) => {
      const now = clock.now();
      await this.revocations.write(work, sessionId, now);
      work.afterCommit(() => this.revocations.enter(sessionId, now.getTime()));
      return new SessionStore(work, "operator").revoke(accountId, sessionId);
    });
    return ended.length > 0;
  }

  /** Ends one or all sessions of an account inside a unit of work; answers their ids. */
  async end(work: UnitOfWork, accountId: string, sessionId: string | null = null): Promise<string[]> {
    const ended = await new SessionStore(work, "tenant").revoke(accountId, sessionId);
    for (const id of ended) {
      work.emit<IdentityEvent>({ type: "session.revoked", subject: accountId, after: { sessionId: id } });
      this.revokeAtCommit(work, id);
    }
    return ended;
  }

  /** Makes every process refuse what was issued to `subject` so far, from the commit on. */
  revokeAtCommit(work: UnitOfWork, subject: string): void {
    const at = clock.now();
    work.control((sql) => this.revocations.write(sql, subject, at));
    work.afterCommit(() => this.revocations.enter(subject, at.getTime()));
  }

  /** The pair of tokens for a session as it stands. */
  async issue(session: OpenSession, tid: string | null, role: Role | null): Promise<SignInPayload> {
    const { accountId, id, rotation, issuedAt } = session;
    const issued = issuedAt.getTime();
    // Tokens count whole seconds; the answer promises no more than the token holds.
    const expiresAt = new Date(Math.floor((issued + lifetimes.accessMs) / 1000) * 1000);
    const refreshExpiry = new Date(Math.min(issued + lifetimes.refreshIdleMs, session.expiresAt.getTime()));
    const claims = { sub: accountId, tid, jti: `${id}.${rotation}` };
    const permissions = role ? [...permissionsOf(role)] : [];
    const [accessToken, refreshToken] = await Promise.all([
      this.tokens.sign("at+jwt", { ...claims, role: role ?? "OPERATOR", permissions }, expiresAt, issuedAt),
      this.tokens.sign("refresh+jwt", claims, refreshExpiry, issuedAt),
    ]);
    return { accessToken, refreshToken, expiresAt };
  }
}

/** A token for one tenant, presented at the host or under the header of another. Throws TENANT_MISMATCH. */
export function requireSameTenant({ tenant, unknownTenant }: RequestContext, tenantId: string | null): void {
  const elsewhere = tenant !== null && tenant.id !== tenantId;
  if (elsewhere || unknownTenant !== null) throw new TenantMismatch();
}
