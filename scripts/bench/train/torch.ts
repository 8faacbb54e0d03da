import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { root } from "../../root.js";

/** Debian's own interpreter is the one that its packages are for. */
const python = "/usr/bin/python3";

const hasTorch = (): boolean => spawnSync(python, ["-c", "import torch"]).status === 0;

/** Debian's own package, where this is Debian and we may install. */
function installTorch(): void {
  console.error("train: installing python3-torch, the reference …");
  const options = ["install", "-y", "-qq", "--no-install-recommends", "python3-torch"];
  for (const command of [["update", "-qq"], options])
    spawnSync("apt-get", command, { stdio: ["ignore", "ignore", "inherit"] });
}

/** The same shapes in torch, in a process of its own. */
export class Torch {
  readonly #lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** Null, and a word about it, where torch can't be had. */
  static start(): Torch | null {
    if (!hasTorch() && process.getuid?.() === 0) installTorch();
    if (hasTorch()) {
      const script = join(root, "scripts/bench/train/reference.py");
      return new Torch(spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] }));
    }
    console.error(
      "train: torch is not installed (Debian: apt-get install python3-torch), so its figures are left out.",
    );
    return null;
  }

  /** Milliseconds of each of so many steps. */
  async steps(shape: string, count: number): Promise<number[]> {
    this.child.stdin.write(`${shape} ${count}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The torch process ended.");
    return JSON.parse(value) as number[];
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.stdin.end();
    await ended;
  }
}
