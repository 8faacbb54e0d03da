import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** How to start a program: which one, and what stands before its own arguments. */
interface Start {
  execPath: string;
  execArgv: string[];
}

/** A program of util-linux that starts another one under some condition, with the arguments that say which. */
type Starter = readonly [tool: string, ...options: string[]];

/** By their full names, since training processes and their parents have no search path; busybox has them in /bin. */
const folders = ["/usr/bin", "/bin"];

/** The starter where this machine has it and lets it; a container may forbid the calls. */
function working(name: string, ...options: string[]): Starter[] {
  const tool = folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
  if (!tool) return [];
  // Asked of the tool itself, which is surely there.
  const tried = spawnSync(tool, [...options, tool, "--version"], { stdio: "ignore", timeout: 5_000 });
  return tried.status === 0 ? [[tool, ...options]] : [];
}

/** The numbers of the last `count` processors that this process may run on, as `0-2,5` is written out in /proc. */
export function lastProcessors(count: number, status = readFileSync("/proc/self/status", "utf8")): number[] {
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  const all = list.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  return all.slice(-count);
}

function startersFor(processors: number): Starter[] {
  if (process.platform !== "linux") return [];
  const bound = working("taskset", "-c", lastProcessors(processors).join());
  return [...bound, ...working("chrt", "-i", "0")];
}

const known = new Map<number, Starter[]>();

/**
 * How to start this Node for work that others must not wait for: threads included, in Linux's class SCHED_IDLE, so that
 * whoever wakes takes the processor from it, and on so many of the processors only. The class alone is not enough: with
 * a training on each processor, a request woken on one waits for up to a tick of the scheduler (4 ms). Where there is no
 * such thing Node is started as it is.
 * @param processors how many it may run on; null is all, and as any other program: nobody beside it waits
 */
export function inBackground(execArgv: readonly string[], processors: number | null): Start {
  if (processors === null) return { execPath: process.execPath, execArgv: [...execArgv] };
  const starters = known.get(processors) ?? startersFor(processors);
  known.set(processors, starters);
  const [first, ...more] = starters.flat();
  if (first === undefined) return { execPath: process.execPath, execArgv: [...execArgv] };
  return { execPath: first, execArgv: [...more, process.execPath, ...execArgv] };
}
