import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A path of the checkout, wherever it was called from. */
export const at = (...parts) => join(root, ...parts);

/** A failure that is told in one sentence, without a stack. */
export class PrepareError extends Error {}

const children = new Set();

/** Ends what is running, so that an interrupted preparation leaves no installer at work behind it. */
export function stopChildren(signal) {
  for (const child of children) child.kill(signal);
}

/**
 * PATH without the checkout's own packages. The installer deletes `node_modules` first, so it must not itself run on
 * the Node in there.
 */
export function systemPath() {
  const own = (process.env.PATH || "").split(delimiter);
  return own.filter((folder) => !folder.startsWith(at("node_modules"))).join(delimiter);
}

/** Runs a program to its end, output to the terminal's error stream; answers its exit code. */
export function run(command, args, { env = process.env, started = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === "win32";
    const child = spawn(command, args, { cwd: at(), env, stdio: ["ignore", 2, 2], shell: windows });
    children.add(child);
    if (child.pid) started(child.pid);
    child.on("error", (error) => reject(new PrepareError(`${command} can't be run: ${error.message}.`)));
    child.on("exit", (code) => {
      children.delete(child);
      resolve(code === null ? 1 : code);
    });
  });
}

/** Tells what is being done, and how long it took. */
export async function told(what, work) {
  const begin = Date.now();
  console.error(`tenfold: ${what} …`);
  await work();
  console.error(`tenfold: ${what} took ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

/**
 * Every file below a folder of the checkout but installed packages, in a stable order; nothing when the folder is not
 * there.
 */
export function* files(folder, wanted = () => true) {
  if (!existsSync(at(folder))) return;
  const entries = readdirSync(at(folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) yield* files(path, wanted);
    else if (wanted(path)) yield path;
  }
}

/** Digest of names and contents, not of times, so that a touched or freshly cloned file rebuilds nothing. */
export function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readFileSync(at(path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Whether a step's stamp, written after it succeeded, holds this value. */
export const stamped = (stamp, value) => existsSync(at(stamp)) && readFileSync(at(stamp), "utf8") === value;
