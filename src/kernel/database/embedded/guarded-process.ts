import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { type Account, environment } from "./account.js";

/**
 * Becomes the command by `exec`, so the process we hold is Postgres itself. Before that it leaves a watcher
 * behind that reads descriptor 3: end of file without a word means that we died, by whatever signal, and the
 * watcher ends the command as an orderly stop would. The watcher is forked twice, since the postmaster takes
 * the death of a child it does not know for a crash of its own.
 */
const watchdog = `
( (
  read -r word <&3 && exit 0
  for signal in INT QUIT KILL; do
    kill -$signal $$ || exit 0
    tries=0
    while kill -0 $$ && [ $tries -lt 30 ]; do sleep 1; tries=$((tries + 1)); done
  done
) </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why the process could not even be created. */
  error?: Error;
}

export interface GuardedProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** Everything written to both streams so far; empty when they go to a file. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Whether this process keeps ours from exiting by itself. */
  hold(on: boolean): void;
}

function endingOf(child: ChildProcess, pipe: Duplex): Promise<Ending> {
  // The watcher may have been killed before us; a broken pipe to it must not end the application.
  pipe.on("error", () => {}).resume();
  child.once("exit", () => pipe.end("ended\n"));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
    // Collected output is complete only at "close".
    child.once(child.stdout ? "close" : "exit", (code, signal) => resolve({ code, signal }));
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/**
 * Starts a command that can't outlive us. It gets a session of its own (`detached`), so that Ctrl-C in the
 * terminal reaches the application alone, which then drains while its database is still there.
 * @param log descriptor for both output streams; without it they are collected
 */
export function spawnGuarded(account: Account, command: string[], log?: number): GuardedProcess {
  const stream = log ?? "pipe";
  const child = spawn("/bin/sh", ["-c", watchdog, "sh", ...command], {
    ...account,
    cwd: "/",
    env: environment,
    detached: true,
    stdio: ["ignore", stream, stream, "pipe"],
  });
  const pipe = child.stdio[3] as Duplex & { ref(): void; unref(): void };
  return {
    pid: child.pid,
    ended: endingOf(child, pipe),
    output: collect(child),
    kill: (signal) => void child.kill(signal),
    hold: (on) => {
      for (const handle of [child, pipe]) handle[on ? "ref" : "unref"]();
    },
  };
}
