import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "./world.js";

export interface WorkerEvent {
  event: "started" | "aborted";
  jobId: string;
  attempt?: number;
  why?: string;
}

/** The worker of worker.ts, as a real second process. */
export class OtherProcess {
  readonly events: WorkerEvent[] = [];
  readonly #child: ChildProcess;

  constructor(connectionString: string) {
    this.#child = fork(fileURLToPath(new URL("worker.js", import.meta.url)), [connectionString]);
    this.#child.on("message", (event) => this.events.push(event as WorkerEvent));
  }

  async event(name: WorkerEvent["event"], jobId: string): Promise<WorkerEvent> {
    const find = () => this.events.find((one) => one.event === name && one.jobId === jobId);
    await until(() => find() !== undefined);
    return find() as WorkerEvent;
  }

  /** The end no process can prepare for. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
