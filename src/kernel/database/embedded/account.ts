import { execFile } from "node:child_process";
import { chown, readFile, stat } from "node:fs/promises";
import { absent } from "./errors.js";

/** The user and group that Postgres runs under; undefined means the present user. */
export type Account = { uid: number; gid: number } | undefined;

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Neither the caller's secrets nor its PG… variables reach Postgres, which would obey them. Without LC_ALL,
 * macOS starts a thread while it looks up the locale, and Postgres then refuses to run.
 */
export const environment: NodeJS.ProcessEnv = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };

export async function giveTo(account: Account, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/** Root leaves files behind as their folder's owner, who may otherwise be unable to read them later. */
export async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  if (!isRoot()) return;
  const { uid, gid } = await stat(folder);
  await chown(path, uid, gid);
}

/** Runs a short command as `account`; `output` is both streams. `input` becomes its standard input. */
export function runAs(
  account: Account,
  command: string,
  args: string[],
  input = "",
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const options = { ...account, cwd: "/", env: environment, timeout: 60_000 };
    const child = execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ ok: !error, output: `${stdout}${stderr}${error && !stderr ? error.message : ""}`.trim() }),
    );
    // A command that ends without reading its input breaks the pipe; its exit code already tells the story.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Whether `account` can pass through every folder down to this one. */
export async function reaches(account: Account, folder: string): Promise<boolean> {
  if (!account) return true;
  return (await runAs(account, "/bin/sh", ["-c", 'cd "$1"', "sh", folder])).ok;
}

/** initdb refuses a user id without a name, as bind mounts of containers often have for an owner. */
const hasName = async (uid: number): Promise<boolean> =>
  (await runAs(undefined, "id", ["-un", String(uid)])).ok;

/**
 * Postgres refuses to run as root, so root lends it another identity: whoever owns the first of `paths` that
 * has a named owner other than root, so that this person can later start without root; else `nobody`.
 */
export async function accountFor(paths: string[]): Promise<Account> {
  if (!isRoot()) return undefined;
  for (const path of paths) {
    const found = await stat(path).catch(absent);
    if (found && found.uid !== 0 && (await hasName(found.uid))) return { uid: found.uid, gid: found.gid };
  }
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  const [, uid = "65534", gid = "65534"] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users) ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
