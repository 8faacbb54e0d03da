import type { Log } from "../kernel/log.js";

/** Exit code of a process ended by SIGINT, by the shells' convention: 128 and the signal's number. */
const interrupted = 130;

/** npm passes on the Ctrl-C that the terminal has sent us already; the two come within milliseconds. */
const samePressMs = 500;

/** Draining has its own bounds, which sum to less; past this something hangs, and a hung process helps nobody. */
const patienceMs = 30_000;

export interface Ending {
  /** What must be taken down; before it is given a signal ends the process at once. */
  close: (() => Promise<void>) | undefined;
  readonly begun: boolean;
}

/**
 * Ends the process in order on SIGINT, SIGTERM and SIGHUP, at once on the second Ctrl-C, and with exit code 1 after
 * an error that nobody caught: what state it left is unknown, and whoever supervises us starts a fresh process.
 */
export function endInOrder(log: () => Log | undefined, say: (line: string) => void): Ending {
  let begun = 0;
  const ending: Ending = {
    close: undefined,
    get begun() {
      return begun > 0;
    },
  };
  const end = async (exitCode: number): Promise<void> => {
    if (begun > 0) {
      // A second signal of the same key press is no second wish.
      if (exitCode === 0 && performance.now() - begun > samePressMs) process.exit(interrupted);
      return;
    }
    begun = performance.now();
    if (!ending.close) process.exit(exitCode || interrupted);
    setTimeout(() => process.exit(1), patienceMs).unref();
    if (exitCode === 0) say("Stopping … (Ctrl-C again to stop at once)");
    const failed = await ending.close().then(
      () => false,
      (error: unknown) => {
        log()?.error({ err: error }, "stopping");
        return true;
      },
    );
    log()?.flush();
    process.exit(exitCode || Number(failed));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
  for (const kind of ["uncaughtException", "unhandledRejection"] as const)
    process.on(kind, (error: unknown) => {
      log()?.fatal({ err: error, kind }, "an error nobody caught; stopping");
      void end(1);
    });
  return ending;
}
