import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { absent, systemCode } from "./errors.js";

/** `postmaster.pid`, line by line: src/include/utils/pidfile.h of Postgres. */
export interface PostmasterFile {
  pid: number;
  /** `starting`, `ready`, `stopping` or, on a standby, `standby`; empty until Postgres has written it. */
  status: string;
  text: string;
}

export const postmasterFilePath = (cluster: string): string => join(cluster, "postmaster.pid");

/** The file of `cluster`, if there is one; a torn one (disk full, power cut) has a pid of 0. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(postmasterFilePath(cluster), "utf8").catch(absent);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  // In single-user mode the pid is negative.
  return { pid: Math.abs(Number.parseInt(lines[0] ?? "", 10)) || 0, status: lines[7]?.trim() ?? "", text };
}

/** Whether a process of this id exists, whoever owns it. */
export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/** A process's command line; undefined when it is gone or a zombie. Slim containers have no ps, macOS no /proc. */
export async function commandLine(pid: number): Promise<string[] | undefined> {
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return text ? text.split("\0") : undefined;
  }
  const { stdout } = await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(
    () => ({
      stdout: "",
    }),
  );
  return stdout.trim() ? stdout.trim().split(" ") : undefined;
}

interface Postmaster {
  /** Process id of the application that started it; undefined when it was not Tenfold. */
  owner: number | undefined;
}

/**
 * What process `pid` is to `cluster`: undefined unless it is a Postgres that may be serving it. The id in a
 * stale file often belongs to an unrelated process by now, above all in containers, where ids begin at 1.
 */
export async function postmasterOf(cluster: string, pid: number): Promise<Postmaster | undefined> {
  const command = await commandLine(pid);
  const name = basename(command?.[0] ?? "");
  if (!command || !(name === "postgres" || name === "postmaster")) return undefined;
  // Paths with blanks fall apart on macOS: compare as text there too.
  const text = ` ${command.join(" ")} `;
  if (text.includes(" -D ") && !text.includes(` -D ${cluster} `)) return undefined;
  const owner = /tenfold\.owner=(\d+)/.exec(text)?.[1];
  return { owner: owner === undefined ? undefined : Number(owner) };
}
