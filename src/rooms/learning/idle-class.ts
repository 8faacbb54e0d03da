import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Of util-linux and of busybox; by their full names, since training processes and their parents have no search path. */
const places = ["/usr/bin/chrt", "/bin/chrt"];

/** The tool that starts a program in a scheduling class, where there is one and it may. */
function workingTool(): string | null {
  const tool = places.find((place) => existsSync(place));
  if (!tool) return null;
  // A container may forbid the call; asked once, and of the tool itself, which is surely there.
  return spawnSync(tool, ["-i", "0", tool, "-m"], { stdio: "ignore", timeout: 5_000 }).status === 0
    ? tool
    : null;
}

let known: { tool: string | null } | undefined;

interface Start {
  execPath: string;
  execArgv: string[];
}

/**
 * How to start this Node so that Linux runs it in the class SCHED_IDLE, threads included: whoever wakes takes the
 * processor from it at once. The lowest priority alone gives it little time too, but each turn to its end, and a request
 * waits for that end: up to a few milliseconds. Where there is no such class Node is started as it is.
 */
export function inIdleClass(execArgv: readonly string[]): Start {
  known ??= { tool: process.platform === "linux" ? workingTool() : null };
  if (!known.tool) return { execPath: process.execPath, execArgv: [...execArgv] };
  return { execPath: known.tool, execArgv: ["-i", "0", process.execPath, ...execArgv] };
}
