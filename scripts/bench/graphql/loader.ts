import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { ended, told } from "./child.js";
import { peersFolder } from "./peers.js";

/** What the load process is to do; its own side of this is in peers/load.mjs. */
export interface Job {
  readonly url: string;
  readonly path: string;
  /** Sent in turns. */
  readonly requests: readonly { headers: Readonly<Record<string, string>>; body: string }[];
  readonly clients: number;
  readonly ms: number;
  /** Length of every answer, where it is the same for all; an answer of another length is a failure. */
  readonly bytes?: number;
  /** A field of the answer that says in milliseconds how long the work itself took. */
  readonly itself?: string;
}

export interface Load {
  readonly requests: number;
  readonly elapsedMs: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Median of what a request took beyond the work itself; null where no answer said what that took. */
  readonly addedMs: number | null;
}

/** The clients, in a process of their own, so that they take no time from what they measure. */
export class Loader {
  readonly #child: ChildProcess = fork(join(peersFolder, "load.mjs"), [], { execArgv: [] });

  async run(job: Job): Promise<Load> {
    this.#child.send({ bytes: null, itself: null, ...job });
    const { result, failure } = await told<{ result?: Load; failure?: string }>(this.#child);
    if (!result) throw new Error(failure);
    return result;
  }

  stop(): Promise<void> {
    return ended(this.#child);
  }
}
