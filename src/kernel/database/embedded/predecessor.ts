import { rm, writeFile } from "node:fs/promises";
import { EmbeddedPostgresError } from "./errors.js";
import type { EmbeddedOptions } from "./options.js";
import { poll } from "./poll.js";
import {
  alive,
  commandLine,
  type PostmasterFile,
  postmasterFilePath,
  postmasterOf,
  readPostmasterFile,
} from "./postmaster.js";

/** No system gives out so high a process id. */
const nobody = 2 ** 31 - 1;

/**
 * Postgres refuses to start while the id in the file is anyone's. Only the id is replaced: the file also names
 * the shared memory, by which Postgres finds out whether back ends of a killed postmaster are still writing.
 */
async function disarm(cluster: string, { pid, text }: PostmasterFile): Promise<void> {
  const path = postmasterFilePath(cluster);
  if (pid === 0) return rm(path, { force: true });
  await writeFile(path, text.replace(/^-?\d+/, String(nobody)));
}

export function alreadyRunning(folder: string, pid: number, owner?: number): EmbeddedPostgresError {
  const who = owner === undefined ? `a Postgres (process ${pid})` : `another Tenfold (process ${owner})`;
  const through = owner === undefined ? "" : ` through Postgres process ${pid}`;
  return new EmbeddedPostgresError(
    "ALREADY_RUNNING",
    `${who[0]?.toUpperCase()}${who.slice(1)} is running on this folder: ${folder}${through}. ` +
      "Stop it first, or choose another data folder.",
  );
}

/** The Postgres that serves the cluster at this moment, if its file names one that lives. */
async function present(cluster: string) {
  const file = await readPostmasterFile(cluster);
  const postmaster = file && (await postmasterOf(cluster, file.pid));
  return file && postmaster && { ...file, ...postmaster };
}

async function goneWithin(cluster: string, milliseconds: number): Promise<boolean> {
  return (await poll(milliseconds, async () => ((await present(cluster)) ? undefined : true))) ?? false;
}

/**
 * Waits for the Postgres of a killed application, which its watchdog is ending. When the watchdog was killed
 * as well nobody else will end it, so we do.
 */
async function awaitEnd(
  folder: string,
  cluster: string,
  log: EmbeddedOptions["log"],
  pid: number,
): Promise<void> {
  log({ message: "Waiting for the Postgres of a killed Tenfold to shut down.", pid });
  if (await goneWithin(cluster, 5_000)) return;
  if ((await present(cluster))?.status !== "stopping") process.kill(pid, "SIGINT");
  if (await goneWithin(cluster, 60_000)) return;
  throw new EmbeddedPostgresError(
    "ALREADY_RUNNING",
    `The Postgres of an earlier Tenfold (process ${pid}) is still shutting down on ${folder}. ` +
      `Wait and start again, or end it with: kill -QUIT ${pid}`,
  );
}

/**
 * Makes sure that nobody serves the cluster: refuses while another application does, waits for one that is
 * ending, and disarms what a killed one left behind.
 * @throws EmbeddedPostgresError ALREADY_RUNNING
 */
export async function clearTheWay(
  folder: string,
  cluster: string,
  log: EmbeddedOptions["log"],
): Promise<void> {
  const running = await present(cluster);
  if (running) {
    const { pid, owner, status } = running;
    const ending = status === "stopping" || (owner !== undefined && !(await commandLine(owner)));
    if (!ending) throw alreadyRunning(folder, pid, owner);
    await awaitEnd(folder, cluster, log, pid);
  }
  const left = await readPostmasterFile(cluster);
  if (!left) return;
  log({ message: "Postgres was not shut down in order: recovering.", pid: left.pid });
  // Postgres sees by itself that a process is gone, and without a moment in which another start could slip in.
  if (left.pid === 0 || alive(left.pid)) await disarm(cluster, left);
}
