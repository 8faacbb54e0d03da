import { clock } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { TenantMismatch, TenantSuspended, Unauthenticated } from "../../kernel/errors.js";
import { Turns } from "../../kernel/turns.js";
import { permissionsOf, type Role } from "../access/index.js";
import { isServed, type TenancyService } from "../tenancy/index.js";
import { SignInRefused } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type { SignInInput, SignInPayload } from "./identity.inputs.js";
import { verifyPassword } from "./password.js";
import type { Revocations } from "./revocations.js";
import { type OpenSession, type Rotation, SessionStore } from "./session-store.js";
import { lifetimes, type Tokens } from "./tokens.js";
import type { User } from "./user.entity.js";

/** An account as signing in needs it. */
interface Account {
  id: string;
  password_hash: string | null;
  role: Role;
}

const spent = "The refresh token is not valid any more. Sign in again.";
const activeAccount =
  "select id, password_hash, role from user_account where email = $1 and status = 'ACTIVE'";
const operatorAccount = "select id, password_hash, 'OPERATOR' as role from control.operator where email = $1";

/** Signing in, staying signed in, signing out. Sole writer of sessions. */
export class SessionService {
  readonly #attempts = new Turns();

  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    readonly revocations: Revocations,
  ) {}

  /** Throws SIGN_IN_REFUSED with the same words and after the same work whatever was wrong, or SIGN_IN_BLOCKED. */
  async signIn(context: RequestContext, { email: given, password }: SignInInput): Promise<SignInPayload> {
    const email = given.trim().toLowerCase();
    const { tenant, unknownTenant } = context;
    const place = tenant?.id ?? unknownTenant ?? "";
    // One attempt at a time an address: of a thousand guesses sent at once all but the first ten find it blocked.
    return this.#attempts.take(`${place}:${email}`, () =>
      tenant
        ? this.#signInUser(context, tenant, email, password)
        : this.#signInOperator(context, email, password),
    );
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
      await store.forgive(email);
      // It may have been deactivated, or got another password, while this one was verified.
      const [still] = await work.query<{ role: Role }>(
        `update user_account set last_active_at = $2
         where id = $1 and status = 'ACTIVE' and password_hash = $3 returning role`,
        [account.id, clock.now(), account.password_hash],
      );
      if (!still) return undefined;
      work.emit<IdentityEvent>({ type: "session.created", subject: account.id });
      return { ...(await store.create(account.id, context)), role: still.role };
    });
    if (!session) throw new SignInRefused();
    return this.#issue(session, tenant.id, session.role);
  }

  /** Without a tenant; with the name of one that does not exist it takes the same steps and nobody gets in. */
  async #signInOperator(context: RequestContext, email: string, password: string): Promise<SignInPayload> {
    const { unknownTenant, control } = context;
    const name = unknownTenant === null ? email : `${email} of ${unknownTenant}`;
    await new SessionStore(control, "operator").checkAttempts(name);
    const [account] = await control.query<Account>(operatorAccount, [name]);
    const verified = await verifyPassword(account?.password_hash ?? null, password);
    const session = await control.write(async (work) => {
      const store = new SessionStore(work, "operator");
      if (!account || !verified) return void (await store.recordFailure(name));
      await store.forgive(name);
      return store.create(account.id, context);
    });
    if (!session) throw new SignInRefused();
    return this.#issue(session, null, null);
  }

  /** The password of somebody signed in, once more; guesses count as failed sign-ins. Throws SIGN_IN_REFUSED, SIGN_IN_BLOCKED. */
  async prove({ tenant }: TenantContext, user: User, password: string): Promise<void> {
    await this.#attempts.take(`${tenant.id}:${user.email}`, async () => {
      await tenant.read((_manager, sql) => new SessionStore(sql, "tenant").checkAttempts(user.email));
      if (await verifyPassword(user.passwordHash, password)) return;
      await tenant.write("session.refuse", (work) =>
        refuse(work, new SessionStore(work, "tenant"), user.email, user.id),
      );
      throw new SignInRefused("The present password is not right.");
    });
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
    return this.#issue(this.#accept(rotated, sessionId), null, null);
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
    const viewer = { ...context.viewer, kind: "user" as const, id: accountId };
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

  async #issue(session: OpenSession, tid: string | null, role: Role | null): Promise<SignInPayload> {
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

async function refuse(
  work: UnitOfWork,
  store: SessionStore,
  email: string,
  accountId: string | null,
): Promise<undefined> {
  await store.recordFailure(email);
  work.emit<IdentityEvent>({
    type: "session.refused",
    subject: accountId,
    after: { email },
    outcome: "FAILURE",
  });
}

/** A token for one tenant, presented at the host or under the header of another. Throws TENANT_MISMATCH. */
export function requireSameTenant({ tenant, unknownTenant }: RequestContext, tenantId: string | null): void {
  const elsewhere = tenant !== null && tenant.id !== tenantId;
  if (elsewhere || unknownTenant !== null) throw new TenantMismatch();
}
