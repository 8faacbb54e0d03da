import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ended, told } from "./child.js";
import type { Collected, Order } from "../../support/subscribers.js";

const program = fileURLToPath(new URL("../../support/subscribers.js", import.meta.url));

/** Thousands of sockets, in a process of their own. */
export class Subscribers {
  readonly #child: ChildProcess = fork(program, [], { execArgv: [], serialization: "advanced" });

  /** `count` sockets more; each follows one of the jobs where there are any. */
  async open(count: number, url: string, authorization: string, jobs: readonly string[]): Promise<number> {
    const socketUrl = `${url.replace("http", "ws")}/graphql`;
    return (await this.#ask({ open: count, url: socketUrl, authorization, jobs })).open;
  }

  collect(): Promise<Collected> {
    return this.#ask("collect");
  }

  stop(): Promise<void> {
    return ended(this.#child);
  }

  async #ask(order: Order): Promise<Collected> {
    this.#child.send(order);
    const answer = await told<Collected | { failure: string }>(this.#child);
    if ("failure" in answer) throw new Error(answer.failure);
    return answer;
  }
}
