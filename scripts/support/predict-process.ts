import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { masterKey } from "../../test/support/cluster.js";
import type { World } from "../../test/support/world.js";
import { startOptions } from "./start-options.js";

/** A server in a process of its own, so that the load does not take its time. */
export class Server {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(world: World, batching: "batched" | "single"): Promise<Server> {
    const child = fork(fileURLToPath(new URL("./predict-server.js", import.meta.url)), [batching], {
      env: {
        ...process.env,
        PORT: "0",
        DATABASE_URL: world.databaseUrl,
        TENFOLD_MASTER_KEY: masterKey,
        TENFOLD_ROLE: "api",
        TENFOLD_WARM_TENANTS: "0",
        TENFOLD_LOG_LEVEL: "info",
      },
      execArgv: startOptions(),
      stdio: ["ignore", "ignore", process.env.TENFOLD_LOG_LEVEL ? "inherit" : "ignore", "ipc"],
    });
    const [url] = (await once(child, "message")) as [string];
    return new Server(url, child);
  }

  async stop(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.disconnect();
    await exit;
  }
}
