import { once } from "node:events";
import { statfs } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { EmbeddedPostgresError, fullDisk } from "./errors.js";
import { type Ending, type GuardedProcess, spawnGuarded } from "./guarded-process.js";
import { type LogFile, openLogFile } from "./log-file.js";
import type { EmbeddedOptions } from "./options.js";
import type { Place } from "./place.js";
import { poll } from "./poll.js";
import { readPostmasterFile } from "./postmaster.js";
import { alreadyRunning } from "./predecessor.js";
import { settingFlags } from "./settings.js";

export interface Server {
  port: number;
  pid: number | undefined;
  ended: Promise<Ending>;
  /** Fast shutdown: sessions are ended and a checkpoint is written. Waits; harsher when it takes too long. */
  stop(): Promise<void>;
  hold(on: boolean): void;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Crash recovery replays at most a checkpoint's distance of log, which slow disks do in a minute or two. */
const startLimit = 180_000;

/**
 * Ready is what the file of Postgres says and not that something answers at the port: another program may have
 * taken the port meanwhile, and would be told our password.
 */
async function untilReady(cluster: string, guarded: GuardedProcess): Promise<"ready" | "ended" | undefined> {
  let ended = false;
  void guarded.ended.then(() => (ended = true));
  return poll(startLimit, async () => {
    if (ended) return "ended";
    const file = await readPostmasterFile(cluster);
    return file?.pid === guarded.pid && file?.status === "ready" ? "ready" : undefined;
  });
}

/** SIGINT ends sessions in order; SIGQUIT leaves recovery to the next start; SIGKILL is for a stuck disk. */
async function end(guarded: GuardedProcess): Promise<void> {
  guarded.hold(true);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    guarded.kill(signal);
    const limit = signal === "SIGINT" ? 30_000 : 10_000;
    const outcome = await Promise.race([guarded.ended, pause(limit, "late", { ref: false })]);
    if (outcome !== "late") return;
  }
}

const portTaken = (tail: string): boolean => /could not (bind|create any TCP\/IP sockets)/.test(tail);

/** On a full disk the log may lack the line that says so. */
async function onFullDisk(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < 2 ** 16;
}

/**
 * Who serves the cluster, where that is why Postgres ended. Two that start at once write into one log, where the line
 * with the other's id may be lost; its own file has it too.
 */
async function rivalOf(cluster: string, tail: string): Promise<number | undefined> {
  const [, told] = /Is another post\w+ \(PID (\d+)\) running/.exec(tail) ?? [];
  if (told) return Number(told);
  if (!tail.includes('lock file "postmaster.pid" already exists')) return undefined;
  return (await readPostmasterFile(cluster))?.pid;
}

async function failed(
  folder: string,
  cluster: string,
  outcome: "ended" | undefined,
  tail: string,
): Promise<unknown> {
  const rival = await rivalOf(cluster, tail);
  if (rival) return alreadyRunning(folder, rival);
  const what = outcome === "ended" ? "ended while starting" : `was not ready after ${startLimit / 1000} s`;
  const message = `Postgres ${what} on ${folder}. Its last words:\n${tail}`;
  const failure = new EmbeddedPostgresError("START_FAILED", message);
  return (await onFullDisk(folder)) ? fullDisk(folder, failure) : failure;
}

async function tryPort(
  options: EmbeddedOptions,
  place: Place,
  postgres: string,
  log: LogFile,
  port: number,
): Promise<Server | string> {
  const command = [postgres, "-D", place.cluster, ...(await settingFlags(options, port))];
  const guarded = spawnGuarded(place.account, command, log.descriptor);
  const outcome = await untilReady(place.cluster, guarded);
  if (outcome === "ready") {
    return {
      port,
      pid: guarded.pid,
      ended: guarded.ended,
      stop: () => end(guarded),
      hold: (on) => guarded.hold(on),
    };
  }
  if (outcome !== "ended") await end(guarded);
  const { error } = await guarded.ended;
  const tail = error?.message ?? (await log.tail());
  if (portTaken(tail)) return tail;
  throw await failed(options.dataDirectory, place.cluster, outcome, tail);
}

/**
 * Starts Postgres at a free port of 127.0.0.1, or at `samePort`, and waits until it accepts connections.
 * @throws EmbeddedPostgresError START_FAILED with the last lines of its log, DISK_FULL
 */
export async function launch(
  options: EmbeddedOptions,
  place: Place,
  postgres: string,
  samePort?: number,
): Promise<Server> {
  const log = await openLogFile(options.dataDirectory);
  try {
    for (let attempt = 1; ; attempt++) {
      const server = await tryPort(options, place, postgres, log, samePort ?? (await freePort()));
      if (typeof server !== "string") return server;
      // Between choosing a port and binding it another program can take it; five times in a row is no accident.
      if (attempt === 5) throw await failed(options.dataDirectory, place.cluster, "ended", server);
    }
  } finally {
    await log.close();
  }
}
