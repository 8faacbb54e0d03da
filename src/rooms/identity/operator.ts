import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clock, newId, newSecret } from "../../kernel/clock.js";
import type { Config } from "../../kernel/config.js";
import type { ControlPlane } from "../../kernel/database/control-work.js";
import { hashPassword, verifyPassword } from "./password.js";

/** How the operator signs in; `createdNow` at the start that made the account. */
export interface OperatorAccount {
  email: string;
  /** Null where it came from outside and is not ours to show. */
  password: string | null;
  createdNow: boolean;
}

/**
 * Makes the operator's account where there is none. A generated password is kept in `operator.json` of the data
 * folder, readable by its owner alone; one given by configuration replaces what is stored.
 */
export async function ensureOperator(control: ControlPlane, config: Config): Promise<OperatorAccount> {
  const { operatorEmail: email, operatorPassword: given } = config;
  const file = join(config.dataDirectory, "operator.json");
  const [stored] = await control.query<{ password_hash: string }>(
    "select password_hash from control.operator where email = $1",
    [email],
  );
  if (stored && given === undefined) return { email, password: readKept(file, email), createdNow: false };
  if (stored && (await verifyPassword(stored.password_hash, given ?? "")))
    return { email, password: null, createdNow: false };
  const password = given ?? newSecret(18);
  // First the file: the other way round, a crash between would leave an account whose password nobody has.
  if (given === undefined) keep(config.dataDirectory, file, { email, password });
  const hash = await hashPassword(password);
  await control.write(async (work) => {
    await work.query(
      `insert into control.operator (id, email, password_hash, created_at) values ($1, $2, $3, $4)
       on conflict (email) do update set password_hash = excluded.password_hash`,
      [newId("operator"), email, hash, clock.now()],
    );
    // Whoever signed in with the password of before has to know the new one.
    await work.query(
      `update control.operator_session set revoked_at = $2 where revoked_at is null
       and account_id = (select id from control.operator where email = $1)`,
      [email, clock.now()],
    );
  });
  return { email, password: given === undefined ? password : null, createdNow: !stored };
}

function keep(directory: string, file: string, account: { email: string; password: string }): void {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  writeFileSync(file, `${JSON.stringify(account, null, 2)}\n`, { mode: 0o600 });
  // The mode above counts for a new file only.
  chmodSync(file, 0o600);
}

/** Null where no password was generated, or the file is not ours any more. */
function readKept(file: string, email: string): string | null {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as { email?: string; password?: string };
    return kept.email === email ? (kept.password ?? null) : null;
  } catch {
    return null;
  }
}
