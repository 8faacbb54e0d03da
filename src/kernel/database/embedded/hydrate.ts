import { constants } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { absent, systemCode } from "./errors.js";

interface Link {
  source: string;
  target: string;
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    // Links are made afresh from the list below; static libraries serve compilers only.
    else if (entry.isFile() && !entry.name.endsWith(".a")) await copyRegular(source, target);
  }
}

async function copyRegular(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, basename(dirname(target)) === "bin" ? 0o755 : 0o644);
}

/**
 * npm can't pack symbolic links: the package lists them in `native/pg-symlinks.json`, with paths relative to
 * the package, and a postinstall script makes them. Installs with scripts off lack them and then fail to load.
 */
async function makeLinks(native: string, copy: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(absent);
  for (const { source, target } of JSON.parse(list ?? "[]") as Link[]) {
    const inside = target.replace(/^native\//, "");
    await symlink(basename(source), join(copy, inside)).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
  }
}

/**
 * Copies a package's `native` folder to `copy`, readable and executable by everyone, links made. Done under
 * another name and renamed, so a copy that exists is complete; of two at once the first wins.
 */
export async function hydrate(native: string, copy: string): Promise<void> {
  if (await stat(copy).catch(absent)) return;
  const draft = await mkdtemp(`${copy}.`);
  try {
    await copyTree(native, draft);
    await makeLinks(native, draft);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
  }
}
