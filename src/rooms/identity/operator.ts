import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
  const kept = readKept(file, email);
  if (stored && given === undefined) return { email, password: kept, createdNow: false };
  if (stored && (await verifyPassword(stored.password_hash, given ?? "")))
    return { email, password: null, createdNow: false };
  const password = given ?? newSecret(18);
  await control.query(
    `insert into control.operator (id, email, password_hash, created_at) values ($1, $2, $3, $4)
     on conflict (email) do update set password_hash = excluded.password_hash`,
    [newId("operator"), email, await hashPassword(password), clock.now()],
  );
  if (given !== undefined) return { email, password: null, createdNow: !stored };
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify({ email, password }, null, 2)}\n`, { mode: 0o600 });
  return { email, password, createdNow: true };
}

function readKept(file: string, email: string): string | null {
  if (!existsSync(file)) return null;
  const kept = JSON.parse(readFileSync(file, "utf8")) as { email?: string; password?: string };
  return kept.email === email ? (kept.password ?? null) : null;
}
