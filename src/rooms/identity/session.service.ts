import { clock } from "../../kernel/clock.js";
import type { RequestContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Unauthenticated } from "../../kernel/errors.js";
import { permissionsOf, type Role } from "../access/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import { SignInRefused } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type { SignInInput, SignInPayload } from "./identity.inputs.js";
import { verifyPassword } from "./password.js";
import type { Revocations } from "./revocations.js";
import { type OpenSession, type Rotation, SessionStore } from "./session-store.js";
import { lifetimes, type Tokens } from "./tokens.js";

/** An account as signing in needs it. */
interface Account {
  id: string;
  password_hash: string | null;
  role: Role;
}

const activeAccount =
  "select id, password_hash, role from user_account where email = $1 and status = 'ACTIVE'";
const operatorAccount = "select id, password_hash, 'OPERATOR' as role from control.operator where email = $1";

/** Signing in, staying signed in, signing out. Sole writer of sessions. */
export class SessionService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    readonly revocations: Revocations,
  ) {}

  /** Throws SIGN_IN_REFUSED with the same words and after the same work whatever was wrong, or SIGN_IN_BLOCKED. */
  async signIn(context: RequestContext, { email: given, password }: SignInInput): Promise<SignInPayload> {
    const email = given.trim().toLowerCase();
    const { tenant } = context;
    return tenant
      ? this.#signInUser(context, tenant, email, password)
      : this.#signInOperator(context, email, password);
  }

  async #signInUser(
    context: RequestContext,
    tenant: TenantScope,
    email: string,
    password: string,
  ): Promise<SignInPayload> {
    const account = await tenant.read(async (_manager, sql) => {
      await new SessionStore(sql, "tenant").checkAttempts(email);
      return (await sql.query<Account>(activeAccount, [email]))[0];
    });
    const verified = await verifyPassword(account?.password_hash ?? null, password);
    const session = await tenant.write("session.create", async (work) => {
      const store = new SessionStore(work, "tenant");
      if (!account || !verified) return refuse(work, store, email, account?.id ?? null);
      await store.clearFailures(email);
      await work.query("update user_account set last_active_at = $2 where id = $1", [
        account.id,
        clock.now(),
      ]);
      work.emit<IdentityEvent>({ type: "session.created", subject: account.id });
      return store.create(account.id, context);
    });
    if (!session || !account) throw new SignInRefused();
    return this.#issue(session, tenant.tenant.id, account.role);
  }

  async #signInOperator(context: RequestContext, email: string, password: string): Promise<SignInPayload> {
    await new SessionStore(context.control, "operator").checkAttempts(email);
    const [account] = await context.control.query<Account>(operatorAccount, [email]);
    const verified = await verifyPassword(account?.password_hash ?? null, password);
    const session = await context.control.write(async (work) => {
      const store = new SessionStore(work, "operator");
      if (!account || !verified) return store.recordFailure(email);
      await store.clearFailures(email);
      return store.create(account.id, context);
    });
    if (!session) throw new SignInRefused();
    return this.#issue(session, null, null);
  }

  /** A session for somebody who has just proved who they are in another way, e.g. by an invitation. */
  async begin(
    context: RequestContext,
    work: UnitOfWork,
    accountId: string,
    role: Role,
  ): Promise<() => Promise<SignInPayload>> {
    work.emit<IdentityEvent>({ type: "session.created", subject: accountId });
    const session = await new SessionStore(work, "tenant").create(accountId, context);
    return () => this.#issue(session, work.tenant.id, role);
  }

  /** Throws UNAUTHENTICATED; where the token was used before, the whole session ends as well. */
  async refresh(context: RequestContext, refreshToken: string): Promise<SignInPayload> {
    const claims = await this.tokens.verify("refresh+jwt", refreshToken);
    const [sessionId, rotation] = claims?.jti.split(".") ?? [];
    if (!claims || !sessionId)
      throw new Unauthenticated("The refresh token is not valid any more. Sign in again.");
    if (claims.tid === null) {
      const rotated = await context.control.write(async (work) => {
        const outcome = await new SessionStore(work, "operator").rotate(sessionId, Number(rotation));
        if (outcome.kind === "reused") await this.revocations.write(work, sessionId);
        return outcome;
      });
      return this.#issue(this.#accept(rotated, sessionId), null, null);
    }
    const tenant = await this.tenancy.directory.find({ id: claims.tid });
    if (!tenant || !isServed(tenant)) throw new Unauthenticated("The tenant is not served at present.");
    const scope = this.tenancy.scope(tenant, { viewer: context.viewer, origin: context });
    const { rotated, role } = await scope.write("session.refresh", async (work) => {
      const outcome = await new SessionStore(work, "tenant").rotate(sessionId, Number(rotation));
      if (outcome.kind === "reused") this.#reportReuse(work, claims.sub, sessionId);
      const [account] = await work.query<{ role: Role }>(
        "update user_account set last_active_at = $2 where id = $1 and status = 'ACTIVE' returning role",
        [claims.sub, clock.now()],
      );
      return { rotated: outcome, role: account?.role };
    });
    const session = this.#accept(rotated, sessionId);
    if (!role) throw new Unauthenticated("This account is not active.");
    return this.#issue(session, tenant.id, role);
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
    throw new Unauthenticated("The refresh token is not valid any more. Sign in again.");
  }

  /** Ends the session that the request's access token belongs to, at once and everywhere. */
  async signOut(context: RequestContext): Promise<boolean> {
    const { viewer, tenant, control } = context;
    if (viewer.sessionId === null || viewer.id === null) return false;
    if (tenant)
      return (
        (await tenant.write("session.revoke", (work) => this.end(work, String(viewer.id), viewer.sessionId)))
          .length > 0
      );
    const ended = await control.write(async (work) => {
      await this.revocations.write(work, String(viewer.sessionId));
      return new SessionStore(work, "operator").revoke(String(viewer.id), viewer.sessionId);
    });
    this.revocations.enter(viewer.sessionId, clock.now().getTime());
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
    work.control((sql) => this.revocations.write(sql, subject));
    work.afterCommit(() => this.revocations.enter(subject, clock.now().getTime()));
  }

  async #issue(session: OpenSession, tid: string | null, role: Role | null): Promise<SignInPayload> {
    const now = clock.now().getTime();
    const expiresAt = new Date(now + lifetimes.accessMs);
    const claims = { sub: session.accountId, tid, jti: `${session.id}.${session.rotation}` };
    const permissions = role ? [...permissionsOf(role)] : [];
    const refreshExpiry = new Date(Math.min(now + lifetimes.refreshIdleMs, session.expiresAt.getTime()));
    const [accessToken, refreshToken] = await Promise.all([
      this.tokens.sign("at+jwt", { ...claims, role: role ?? "OPERATOR", permissions }, expiresAt),
      this.tokens.sign("refresh+jwt", claims, refreshExpiry),
    ]);
    return { accessToken, refreshToken, expiresAt };
  }
}

async function refuse(
  work: UnitOfWork,
  store: SessionStore,
  email: string,
  accountId: string | null,
): Promise<void> {
  await store.recordFailure(email);
  work.emit<IdentityEvent>({
    type: "session.refused",
    subject: accountId,
    after: { email },
    outcome: "FAILURE",
  });
}
