import { readdirSync, readFileSync } from "node:fs";
import type { World } from "../../../test/support/world.js";

/** Linux counts a process' CPU in hundredths of a second, whatever the kernel's own tick is (proc(5), USER_HZ). */
const tickMs = 10;

/** Parent and CPU of a process; null for one that is gone. */
function processOf(pid: string): { parent: number; cpuMs: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    return null;
  }
}

/**
 * Reads the CPU of a cluster's processes. Null where the system keeps no /proc. A backend that ended takes its time
 * with it, so what is between two readings is meant for servers that keep their connections.
 */
export async function postgresCpu(world: World): Promise<(() => number) | null> {
  const [backend] = await world.admin<{ pid: number }>("select pg_backend_pid() as pid");
  const [row] = await world.admin<{ pid: number }>(
    "select pid from pg_stat_activity where backend_type = 'checkpointer'",
  );
  const postmaster = processOf(String(row?.pid ?? backend?.pid))?.parent;
  if (postmaster === undefined) return null;
  return () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => processOf(pid))
      .reduce((sum, found) => sum + (found?.parent === postmaster ? found.cpuMs : 0), 0);
}
