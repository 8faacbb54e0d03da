import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../src/kernel/database/embedded/index.js";
import { type Job, Jobs, type Sql } from "../../../src/kernel/jobs/index.js";
import { createLog } from "../../../src/kernel/log.js";
import { atTheEnd } from "../../support/shared.js";

export const log = createLog("silent");

let server: Promise<EmbeddedPostgres> | undefined;
let databases = 0;

async function startServer(): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "tenfold-jobs-"));
  const started = await startEmbeddedPostgres({
    dataDirectory: folder,
    durability: "fast",
    log: () => undefined,
  });
  atTheEnd(async () => {
    await started.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return started;
}

const roles = `DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenfold_app') THEN
      CREATE ROLE tenfold_app LOGIN NOINHERIT NOSUPERUSER PASSWORD 'app';
      CREATE ROLE tenant_role NOLOGIN;
      GRANT tenant_role TO tenfold_app;
    END IF;
  END $$;
  CREATE SCHEMA control;
  GRANT USAGE ON SCHEMA control TO tenfold_app;`;

/** Connections of a spec, as whoever the URL names. */
export class Database implements Sql {
  readonly pool: pg.Pool;

  constructor(readonly url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 16 });
    // Some specs crash the server under it.
    this.pool.on("error", () => undefined);
  }

  async query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** Runs in one transaction that ends as told. */
  async within<Result>(end: "COMMIT" | "ROLLBACK", work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work({ query: async (text, values) => (await client.query(text, values)).rows });
      await client.query(end);
      return result;
    } finally {
      client.release();
    }
  }
}

/** A fresh database with the queues installed, as the administrator and the application see it. */
export class World {
  readonly #opened: Jobs[] = [];

  private constructor(
    readonly admin: Database,
    readonly app: Database,
  ) {}

  static async open({ installed = true } = {}): Promise<World> {
    server ??= startServer();
    const url = new URL((await server).url);
    const main = new Database(url.href);
    const name = `jobs_${++databases}`;
    await main.query(`CREATE DATABASE ${name}`);
    await main.pool.end();
    url.pathname = name;
    const admin = new Database(url.href);
    await admin.query(roles);
    await admin.query(await readFile("migrations/control/0002_jobs.sql", "utf8"));
    if (installed) await Jobs.install(admin.url);
    [url.username, url.password] = ["tenfold_app", "app"];
    return new World(admin, new Database(url.href));
  }

  /** A process' worth of queues, started. */
  async start(...jobs: Job<unknown>[]): Promise<Jobs> {
    const opened = new Jobs({ connectionString: this.app.url, log, jobs });
    await opened.start();
    this.#opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((jobs) => jobs.stop({ graceMs: 100 })));
    await Promise.all([this.admin.pool.end(), this.app.pool.end()]);
  }

  /** State of a job as the queue has it; undefined if there is none. */
  async state(jobId: string): Promise<string | undefined> {
    const [row] = await this.admin.query<{ state: string }>("SELECT state FROM pgboss.job WHERE id = $1", [
      jobId,
    ]);
    return row?.state;
  }
}

/** Waits for something that must come. Gives up in the end, or a failed spec would keep its process alive. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await condition()) return;
    await wait(20);
  }
  throw new Error(`Waited in vain for ${condition.toString()}`);
}

/** A promise with its key outside, to hold a handler until the spec has seen it run. */
export function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: () => resolve(), opened: promise };
}

/** Rejects with the signal's reason as soon as it aborts: a handler that heeds its signal. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
