import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { masterKey } from "../../../test/support/cluster.js";
import type { World } from "../../../test/support/world.js";
import { startOptions } from "../../support/start-options.js";
import { ended, told } from "./child.js";
import { peersFolder } from "./peers.js";
import type { ServerName } from "./scenarios.js";

/** What a server has used since its start. */
export interface Usage {
  /** Milliseconds of CPU, user and system, of all its threads. */
  readonly cpuMs: number;
  /** After a collection, where the server was started with `--expose-gc`. */
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** A server in a process of its own. */
export class Server {
  private constructor(
    readonly name: ServerName,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(
    name: ServerName,
    program: string,
    env: NodeJS.ProcessEnv,
    execArgv: readonly string[] = [],
  ): Promise<Server> {
    const measured = pathToFileURL(join(peersFolder, "measured.mjs")).href;
    const child = fork(program, [], {
      env: { PATH: process.env.PATH, NODE_ENV: "production", GRAPHILE_ENV: "production", ...env },
      execArgv: ["--import", measured, ...execArgv],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const { url } = await told<{ url: string }>(child);
    return new Server(name, url, child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async usage(): Promise<Usage> {
    this.child.send("usage");
    return told<Usage>(this.child);
  }

  stop(): Promise<void> {
    return ended(this.child);
  }
}

/** Connections that every server may open. */
export const poolSize = 20;

const ours = fileURLToPath(new URL("../../support/graphql-server.js", import.meta.url));

/**
 * Ours, with everything it does in production: credentials, limits, rules, isolation, metrics. The world's own app ends
 * first; it made what is to be read, and would hold connections and do its periodic work beside what is measured.
 */
export async function startTenfold(world: World, execArgv: readonly string[] = []): Promise<Server> {
  await world.app.close();
  const settings = {
    PORT: "0",
    DATABASE_URL: world.databaseUrl,
    TENFOLD_MASTER_KEY: masterKey,
    TENFOLD_ROLE: "api",
    TENFOLD_WARM_TENANTS: "0",
    TENFOLD_POOL_SIZE: String(poolSize),
    TENFOLD_LOG_LEVEL: "error",
  };
  return Server.start("tenfold", ours, settings, [...startOptions(), ...execArgv]);
}

/** What peers are told of the database: a login that may read one tenant's tables and nothing else. */
export interface PeerAccess {
  readonly databaseUrl: string;
  readonly schema: string;
  readonly viewerId: string;
}

export const startPeer = (name: Exclude<ServerName, "tenfold">, access: PeerAccess): Promise<Server> =>
  Server.start(name, join(peersFolder, `${name}.mjs`), {
    PEER_DATABASE_URL: access.databaseUrl,
    PEER_SCHEMA: access.schema,
    PEER_POOL_SIZE: String(poolSize),
    PEER_VIEWER_ID: access.viewerId,
  });

/** Makes that login. The search path names the tenant's schema, so that peers need not. */
export async function admitPeers(world: World, schema: string): Promise<string> {
  const login = `bench_peer_${process.pid}`;
  await world.admin(`create role ${login} login password '${login}'`);
  await world.admin(`alter role ${login} set search_path = ${schema}`);
  await world.admin(`grant usage on schema ${schema} to ${login}`);
  await world.admin(
    `grant select on ${schema}.user_account, ${schema}.model, ${schema}.model_version, ${schema}.deployment,
       ${schema}.training_job to ${login}`,
  );
  const url = new URL(world.databaseUrl);
  url.username = url.password = login;
  return url.href;
}
