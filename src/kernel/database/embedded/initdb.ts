import { rm, writeFile } from "node:fs/promises";
import { type Account, giveTo } from "./account.js";
import { EmbeddedPostgresError } from "./errors.js";
import { spawnGuarded } from "./guarded-process.js";
import type { EmbeddedOptions } from "./options.js";
import { flags, initialSettings } from "./settings.js";

const fixed = [
  "--username=postgres",
  "--auth=scram-sha-256",
  // Lower case by Unicode and order by code point, the same on every system, whatever locales it has.
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--data-checksums",
  "--no-instructions",
];

interface Draft {
  /** The initdb to run. */
  binary: string;
  /** An empty folder that `account` owns. */
  folder: string;
  password: string;
}

function failed(output: string): EmbeddedPostgresError {
  if (/could not look up effective user ID/.test(output))
    return new EmbeddedPostgresError(
      "NO_ACCESS",
      "Postgres only runs as a user that has a name on this system, and this one has none. Start as a user " +
        `listed in /etc/passwd, or set DATABASE_URL to a Postgres server.\n${output}`,
    );
  return new EmbeddedPostgresError(
    "START_FAILED",
    `A new cluster could not be made. initdb says:\n${output}`,
  );
}

/**
 * Fills a folder with a new cluster. The password travels in a file of mode 600, since arguments and the
 * environment are shown by ps.
 * @throws EmbeddedPostgresError START_FAILED, NO_ACCESS, with what initdb said
 */
export async function runInitdb(options: EmbeddedOptions, account: Account, draft: Draft): Promise<void> {
  const passwordFile = `${draft.folder}.password`;
  const sync = options.durability === "fast" ? ["--no-sync"] : [];
  const target = ["--pgdata", draft.folder, `--pwfile=${passwordFile}`];
  try {
    await writeFile(passwordFile, draft.password, { mode: 0o600 });
    await giveTo(account, passwordFile);
    const settings = flags(await initialSettings());
    const initdb = spawnGuarded(account, [draft.binary, ...target, ...fixed, ...sync, ...settings]);
    const { code, error } = await initdb.ended;
    if (code !== 0) throw failed(error?.message ?? initdb.output());
  } finally {
    await rm(passwordFile, { force: true });
  }
}
