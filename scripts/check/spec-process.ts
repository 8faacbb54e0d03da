import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { root } from "../root.js";

/** How many specs of a file held, and each that did not in words. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

/** What a worker tells of the file that it runs: its outline line by line, its outcome at last. */
export type Told = { readonly line: string } | { readonly outcome: Outcome };

const failure = (what: string): Outcome => ({ passed: 0, failed: 1, failures: [what] });

/** The near side of spec-worker.ts: a process that runs one spec file at a time. */
export class SpecProcess {
  readonly #process: ChildProcess;
  readonly #exited: Promise<string>;
  #ended = false;
  #told = false;

  constructor() {
    this.#process = fork(join(root, "dist/scripts/check/spec-worker.js"), {
      cwd: root,
      // Not the runner's own: with source maps, coverage of a process is written at more than twice the length.
      execArgv: [],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once("error", (error) => resolve(error.message));
      this.#process.once("exit", (code, signal) =>
        resolve(code === 0 ? "" : `it ended with ${signal ?? code}`),
      );
    });
    void this.#exited.then(() => (this.#ended = true));
  }

  /** Whether it runs no file any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** A process that ends before it could tell failed, and what it printed until then is kept: it says where. */
  async run(file: string): Promise<{ lines: string[]; outcome: Outcome }> {
    const lines: string[] = [];
    const told = Promise.withResolvers<Outcome>();
    const hear = (message: Told): void => {
      if ("line" in message) lines.push(message.line);
      else told.resolve(message.outcome);
    };
    this.#process.on("message", hear);
    this.#process.send({ file }, (error) => error && this.#process.kill());
    const outcome = await Promise.race([told.promise, this.#exited.then(() => null)]);
    this.#process.off("message", hear);
    if (outcome) return { lines, outcome };
    this.#told = true;
    return {
      lines,
      outcome: failure(`${file} ended its process before it could tell: ${await this.#exited}`),
    };
  }

  /** Lets it take down what its files shared. A process that is still held open by something is waited for. */
  async end(): Promise<Outcome> {
    if (this.#process.connected) this.#process.disconnect();
    const how = await this.#exited;
    return how === "" || this.#told
      ? { passed: 0, failed: 0, failures: [] }
      : failure(`a process of specs failed after a file had told its outcome: ${how}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}
