import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Account, reaches } from "./account.js";
import { absent, EmbeddedPostgresError, systemCode } from "./errors.js";
import type { EmbeddedOptions } from "./options.js";

const originIn = (folder: string): string => join(folder, "data-directory");

/** Makes `folder` unless another user made it first: in a world-writable parent, anyone could have. */
async function claim(folder: string): Promise<boolean> {
  await mkdir(folder, { mode: 0o711 }).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || found.mode & 0o022) return false;
  await chmod(folder, 0o711);
  return true;
}

/** Clusters of tests whose data folder is deleted; never done for people's data, whose disk may just be missing. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const origin = await readFile(originIn(join(root, name)), "utf8").catch(() => undefined);
    if (origin && !(await stat(origin).catch(absent)))
      await rm(join(root, name), { recursive: true, force: true });
  }
}

async function folderIn(
  root: string,
  account: Account,
  options: EmbeddedOptions,
): Promise<string | undefined> {
  const folder = join(root, createHash("sha256").update(options.dataDirectory).digest("hex").slice(0, 16));
  if (!(await claim(root)) || !(await claim(folder)) || !(await reaches(account, folder))) return undefined;
  await writeFile(originIn(folder), options.dataDirectory);
  if (options.durability === "fast") await sweep(root);
  return folder;
}

/**
 * A folder of root's that `account` can get to, named by the data folder's path: under /var/lib, which
 * outlives a reboot, or for tests under the system's folder for temporary files.
 * @throws EmbeddedPostgresError NO_ACCESS
 */
export async function awayFolder(options: EmbeddedOptions, account: Account): Promise<string> {
  const roots =
    options.durability === "fast"
      ? [join(tmpdir(), "tenfold-tests")]
      : ["/var/lib/tenfold", join(tmpdir(), "tenfold")];
  for (const root of roots) {
    const folder = await folderIn(root, account, options).catch(() => undefined);
    if (folder) return folder;
  }
  throw new EmbeddedPostgresError(
    "NO_ACCESS",
    `Postgres can't run as root, its user ${account?.uid} can't get to ${options.dataDirectory}, and no folder ` +
      `could be made for it in ${roots.join(" or ")}. Start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Where all the folders of one root find the mended copy of the binaries. */
export const sharedShelf = (folder: string): string => dirname(folder);
