import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { importLimits } from "./limits.js";
import type { FromSandbox, ToSandbox } from "./sandbox-messages.js";

const entry = fileURLToPath(new URL("./sandbox-process.js", import.meta.url));
/** Of JavaScript objects; what lies beside them in buffers and in the runtime the watch counts. */
const heapMegabytes = 384;

/** The sandbox is gone, or was ended because an answer took too long. */
export class SandboxEnded extends Error {}

/**
 * A process for what strangers' files are read and computed with, so that one that breaks it breaks nothing else. It has
 * no environment, may write no file and start no process, and is ended beyond its limits of time and memory. What
 * remains: onnxruntime is native code, to which the permissions of Node mean nothing. A file that takes it over acts
 * as the user that runs Tenfold, though without a secret in memory or an open connection.
 */
export class Sandbox {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #earlier: Promise<unknown> = Promise.resolve();

  constructor(memoryBytes: number = importLimits.memoryBytes) {
    this.#process = fork(entry, [String(memoryBytes)], {
      env: {},
      execArgv: [
        "--permission",
        "--allow-fs-read=*",
        // For onnxruntime, and for the thread that watches the memory.
        "--allow-addons",
        "--allow-worker",
        `--max-old-space-size=${heapMegabytes}`,
      ],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#process.on("error", () => undefined);
    this.#exited = once(this.#process, "exit");
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return this.#process.connected && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** One question after the other. Rejects with SandboxEnded where the process dies over it or takes longer. */
  ask(question: ToSandbox, limitMs: number): Promise<FromSandbox> {
    const asked = this.#earlier.then(() => this.#ask(question, limitMs));
    this.#earlier = asked.catch(() => undefined);
    return asked;
  }

  async #ask(question: ToSandbox, limitMs: number): Promise<FromSandbox> {
    if (!this.alive) throw new SandboxEnded();
    const answer = Promise.withResolvers<FromSandbox>();
    const ended = () => answer.reject(new SandboxEnded());
    const timer = setTimeout(() => void this.close(), limitMs);
    this.#process.once("message", answer.resolve).once("exit", ended);
    this.#process.send(question, (error) => error && void this.close());
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#process.off("message", answer.resolve).off("exit", ended);
    }
  }

  /** SIGKILL: nothing in the process can delay it. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }
}
