import { clock } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput } from "../../kernel/errors.js";
import { Turns } from "../../kernel/turns.js";
import type { Role } from "../access/index.js";
import { type Attempt, Attempts } from "./attempts.js";
import { SignInRefused } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type { SignInInput, SignInPayload } from "./identity.inputs.js";
import { networkOf } from "./network.js";
import { verifyPassword } from "./password.js";
import type { SessionService } from "./session.service.js";
import { SessionStore } from "./session-store.js";
import type { User } from "./user.entity.js";

/** An account as signing in needs it. */
interface Account {
  id: string;
  password_hash: string | null;
  role: Role;
}

const activeAccount =
  "select id, password_hash, role from user_account where email = $1 and status = 'ACTIVE'";
const operatorAccount = "select id, password_hash, 'OPERATOR' as role from control.operator where email = $1";

/** Whoever proves a password, and how often they may fail to. */
export class SignInService {
  readonly #turns = new Turns();

  constructor(private readonly sessions: SessionService) {}

  /** Throws SIGN_IN_REFUSED with the same words and after the same work whatever was wrong, or SIGN_IN_BLOCKED. */
  async signIn(context: RequestContext, { email: given, password }: SignInInput): Promise<SignInPayload> {
    const email = given.trim().toLowerCase();
    const { tenant, unknownTenant } = context;
    const place = tenant?.id ?? unknownTenant ?? "";
    return this.#turns.take(turnOf(place, email, context.ip), () =>
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
    const { ip } = context;
    const account = await tenant.read(async (_manager, sql) => {
      const [found] = await sql.query<Account>(activeAccount, [email]);
      await new Attempts(sql, "tenant").check({ email, ip, accountId: found?.id ?? null });
      return found;
    });
    const attempt = { email, ip, accountId: account?.id ?? null };
    const verified = await verifyPassword(account?.password_hash ?? null, password);
    const session = await tenant.write("session.create", async (work) => {
      const attempts = new Attempts(work, "tenant");
      // Guesses on other networks have failed meanwhile; this one must not count on a limit that is passed.
      await attempts.check(attempt);
      if (!account || !verified) return refuse(work, attempts, attempt);
      await attempts.forgive(attempt);
      // It may have been deactivated, or got another password, while this one was verified.
      const [still] = await work.query<{ role: Role }>(
        `update user_account set last_active_at = $2
         where id = $1 and status = 'ACTIVE' and password_hash = $3 returning role`,
        [account.id, clock.now(), account.password_hash],
      );
      if (!still) return undefined;
      work.emit<IdentityEvent>({ type: "session.created", subject: account.id });
      const opened = await new SessionStore(work, "tenant").create(account.id, context);
      return { ...opened, role: still.role };
    });
    if (!session) throw new SignInRefused();
    return this.sessions.issue(session, tenant.id, session.role);
  }

  /** Without a tenant; with the name of one that does not exist it takes the same steps and nobody gets in. */
  async #signInOperator(context: RequestContext, email: string, password: string): Promise<SignInPayload> {
    const { unknownTenant, control } = context;
    const name = unknownTenant === null ? email : `${email} of ${unknownTenant}`;
    const [account] = await control.query<Account>(operatorAccount, [name]);
    const attempt = { email: name, ip: context.ip, accountId: account?.id ?? null };
    await new Attempts(control, "operator").check(attempt);
    const verified = await verifyPassword(account?.password_hash ?? null, password);
    const session = await control.write(async (work) => {
      const attempts = new Attempts(work, "operator");
      await attempts.check(attempt);
      if (!account || !verified) return attempts.recordFailure(attempt);
      await attempts.forgive(attempt);
      return new SessionStore(work, "operator").create(account.id, context);
    });
    if (!session) throw new SignInRefused();
    return this.sessions.issue(session, null, null);
  }

  /** The password of somebody signed in, once more; guesses count as failed sign-ins. Throws BAD_USER_INPUT, SIGN_IN_BLOCKED. */
  async prove({ tenant, ip }: TenantContext, user: User, password: string): Promise<void> {
    const attempt = { email: user.email, ip, accountId: user.id };
    await this.#turns.take(turnOf(tenant.id, user.email, ip), async () => {
      await tenant.read((_manager, sql) => new Attempts(sql, "tenant").check(attempt));
      if (await verifyPassword(user.passwordHash, password)) return;
      await tenant.write("session.refuse", (work) => refuse(work, new Attempts(work, "tenant"), attempt));
      // Not UNAUTHENTICATED: the session is fine, and a client that renews it on that code would guess a second time.
      throw badInput("currentPassword", "The present password is not right.");
    });
  }
}

/**
 * One attempt at a time an account and network: of a thousand guesses sent at once all but the first ten find it
 * blocked, while nobody waits behind a stranger's.
 */
const turnOf = (place: string, email: string, ip: string | null): string =>
  JSON.stringify([place, email, networkOf(ip)]);

async function refuse(work: UnitOfWork, attempts: Attempts, attempt: Attempt): Promise<undefined> {
  await attempts.recordFailure(attempt);
  work.emit<IdentityEvent>({
    type: "session.refused",
    subject: attempt.accountId,
    after: { email: attempt.email },
    outcome: "FAILURE",
  });
}
