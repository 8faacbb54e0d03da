import { clock } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Turns } from "../../kernel/turns.js";
import type { Role } from "../access/index.js";
import { badInput } from "../../kernel/errors.js";
import { SignInRefused } from "./identity.errors.js";
import type { IdentityEvent } from "./identity.events.js";
import type { SignInInput, SignInPayload } from "./identity.inputs.js";
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
  readonly #attempts = new Turns();

  constructor(private readonly sessions: SessionService) {}

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
    return this.sessions.issue(session, tenant.id, session.role);
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
      if (!account || !verified) return store.recordFailure(name);
      await store.forgive(name);
      return store.create(account.id, context);
    });
    if (!session) throw new SignInRefused();
    return this.sessions.issue(session, null, null);
  }

  /** The password of somebody signed in, once more; guesses count as failed sign-ins. Throws BAD_USER_INPUT, SIGN_IN_BLOCKED. */
  async prove({ tenant }: TenantContext, user: User, password: string): Promise<void> {
    await this.#attempts.take(`${tenant.id}:${user.email}`, async () => {
      await tenant.read((_manager, sql) => new SessionStore(sql, "tenant").checkAttempts(user.email));
      if (await verifyPassword(user.passwordHash, password)) return;
      await tenant.write("session.refuse", (work) =>
        refuse(work, new SessionStore(work, "tenant"), user.email, user.id),
      );
      // Not UNAUTHENTICATED: the session is fine, and a client that renews it on that code would guess a second time.
      throw badInput("currentPassword", "The present password is not right.");
    });
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
