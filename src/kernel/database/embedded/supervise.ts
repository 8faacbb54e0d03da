import { setTimeout as pause } from "node:timers/promises";
import type { EmbeddedOptions } from "./options.js";
import type { Server } from "./server.js";

/** Long enough for a disk to be freed without filling the log, short enough that nobody restarts by hand. */
const rest = 1000;

type Relaunch = (port: number) => Promise<Server>;

async function again(
  port: number,
  relaunch: Relaunch,
  log: EmbeddedOptions["log"],
  signal: AbortSignal,
): Promise<Server | undefined> {
  for (;;) {
    await pause(rest, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return undefined;
    try {
      return await relaunch(port);
    } catch (error) {
      log({ message: "Postgres can't be started again yet.", reason: String(error) });
    }
  }
}

/**
 * Starts Postgres again, at the same port so that the URL stays good, whenever it ends without being asked to:
 * killed for want of memory, or given up on a full disk. Returns the one way to end it for good.
 */
export function supervise(
  first: Server,
  relaunch: Relaunch,
  log: EmbeddedOptions["log"],
): () => Promise<void> {
  const stopping = new AbortController();
  let server: Server | undefined = first;
  const watch = async () => {
    while (server && !stopping.signal.aborted) {
      // A program that forgets to stop can still end, and its database with it.
      server.hold(false);
      const ending = await server.ended;
      if (stopping.signal.aborted) return;
      log({ message: "Postgres ended unexpectedly.", ...ending });
      server = await again(first.port, relaunch, log, stopping.signal);
    }
    await server?.stop();
  };
  const watching = watch();
  return async () => {
    stopping.abort();
    await server?.stop();
    await watching;
  };
}
