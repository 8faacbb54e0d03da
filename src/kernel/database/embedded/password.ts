import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newSecret } from "../../clock.js";
import { type Account, giveToOwnerOf, runAs } from "./account.js";
import { absent, EmbeddedPostgresError, systemCode } from "./errors.js";

/**
 * The superuser's password in `<dataDirectory>/postgres-password` (mode 600), made at the first start. Linked
 * into place: the file is never half-written, and two first starts at once agree on one password.
 */
export async function passwordOf(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, "postgres-password");
  const kept = await readFile(file, "utf8").catch(absent);
  if (kept) return kept.trim();
  const draft = `${file}.${newSecret(6)}`;
  try {
    await writeFile(draft, newSecret(), { mode: 0o600, flush: true });
    await giveToOwnerOf(dataDirectory, draft);
    await link(draft, file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, "utf8")).trim();
}

/**
 * Makes the cluster accept `password` again after its file was lost: single-user mode asks for none, but only
 * the cluster's owner can run it. Postgres must be stopped.
 */
export async function resetPassword(
  account: Account,
  postgres: string,
  cluster: string,
  password: string,
): Promise<void> {
  const statement = `ALTER ROLE postgres PASSWORD '${password}'\n`;
  const { ok, output } = await runAs(account, postgres, ["--single", "-D", cluster, "postgres"], statement);
  if (!ok || /\bERROR:/.test(output))
    throw new EmbeddedPostgresError(
      "START_FAILED",
      `The password of ${cluster} could not be reset:\n${output}`,
    );
}
