import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "../support/client.js";
import { startOptions } from "../../scripts/support/start-options.js";

/** What of this process's environment a program needs to run at all; Tenfold's own variables are each test's. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|LANG|SYSTEMROOT)$/i.test(name)),
);

/** A new data folder, gone when `removeDataFolders` is called. */
const folders: string[] = [];
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-start-"));
  // The account that Postgres runs as must get through, as through the folder that a first start makes.
  chmodSync(folder, 0o711);
  folders.push(folder);
  return folder;
}

export function removeDataFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** `node dist/src/main.js`, as `npm start` runs it, on a free port. */
export class Server {
  #output = "";
  #errors = "";
  readonly #process: ChildProcess;
  readonly exited: Promise<number | null>;

  constructor(variables: Record<string, string>) {
    const env = { ...inherited, PORT: "0", TENFOLD_WARM_TENANTS: "2", ...variables };
    this.#process = spawn(process.execPath, [...startOptions(), "dist/src/main.js"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stdout?.on("data", (text: Buffer) => (this.#output += text.toString()));
    this.#process.stderr?.on("data", (text: Buffer) => (this.#errors += text.toString()));
    this.exited = once(this.#process, "close").then(([code]) => code as number | null);
  }

  /** Started, and all of its welcome printed. Fails with what it said where it ends before. */
  static async ready(variables: Record<string, string>): Promise<Server> {
    const server = new Server(variables);
    await server.printed(/Ctrl-C stops everything|its health is at/);
    return server;
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get url(): string {
    return /http:\/\/[\d.]+:\d+/.exec(this.#output)?.[0] ?? "";
  }

  get client(): Client {
    return new Client(this.url);
  }

  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`It ended.\n${this.#output}\n${this.#errors}`);
      await delay(20);
    }
  }

  /** Sends the signal and answers the exit code; null where the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.#process.kill(signal);
    return this.exited;
  }
}

/** The process id of a data folder's Postgres, or null where none lives. */
export function postgresOf(folder: string): number | null {
  const file = join(folder, "postgres", "postmaster.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  return pid > 0 && isAlive(pid) ? pid : null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
