import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../../../src/kernel/database/embedded/index.js";

export interface Told {
  message: string;
  [key: string]: unknown;
}

/** A folder that every user can pass through, as the checkout of an ordinary user is. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tenfold-spec-"));
  await chmod(folder, 0o711);
  return folder;
}

/** A copy, owners kept, of a stopped data folder: quicker than a first start. */
export async function copyOf(prepared: string): Promise<string> {
  const folder = await newFolder();
  await promisify(execFile)("cp", ["-pR", `${prepared}/.`, folder]);
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Starts in this process; what it logs is added to `told`. */
export const start = (
  dataDirectory: string,
  told: Told[] = [],
  durability: "safe" | "fast" = "fast",
): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDirectory, durability, log: (event) => void told.push(event) });

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The rejection of a promise; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error("Expected a rejection.");
}

/** The process id in a cluster's postmaster.pid. */
export async function postmasterId(dataDirectory: string): Promise<number> {
  return Number((await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
}

export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for a process that is not ours to end; mocha's own limit bounds the wait. */
export async function gone(pid: number): Promise<void> {
  while (exists(pid)) await pause(20);
}

const program = fileURLToPath(new URL("child.js", import.meta.url));

/** An application in a process and process group of its own. */
export class Application {
  readonly told: Told[] = [];
  readonly #child: ChildProcess;

  constructor(dataDirectory: string, durability: "safe" | "fast" = "safe") {
    this.#child = spawn(process.execPath, [program, dataDirectory, durability], {
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on("line", (line) =>
        this.told.push(JSON.parse(line) as Told),
      );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for the next `message`, which is taken out of `told`. */
  async tells(message: string): Promise<Told> {
    for (;;) {
      const index = this.told.findIndex((event) => event.message === message);
      if (index >= 0) return this.told.splice(index, 1)[0] as Told;
      if (this.#child.exitCode !== null) throw new Error(`It ended without telling "${message}".`);
      await pause(20);
    }
  }

  async ask(line: string): Promise<Told> {
    this.#child.stdin?.write(`${line}\n`);
    return this.tells("answer");
  }

  async stop(): Promise<void> {
    this.#child.stdin?.write("stop\n");
    await this.tells("stopped");
  }

  /** What the terminal does at Ctrl-C: the signal goes to the whole foreground process group. */
  interrupt(): void {
    process.kill(-this.pid, "SIGINT");
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
