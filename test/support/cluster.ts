import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { loadConfig } from "../../src/kernel/config.js";
import { openDatabase } from "../../src/kernel/database/open.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/kernel/database/embedded/index.js";
import { createLog } from "../../src/kernel/log.js";
import { atTheEnd } from "./shared.js";

/** One master key for all worlds, because the application's login, whose password follows from it, is the cluster's. */
export const masterKey = "0f".repeat(32);
const template = "tenfold_template";

/** A throw-away Postgres with a template database in which everything before the first tenant is done. */
export class Cluster {
  #count = 0;

  private constructor(
    readonly url: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly directory: string,
  ) {}

  static async start(): Promise<Cluster> {
    const directory = mkdtempSync(join(tmpdir(), "tenfold-test-"));
    const postgres = await startEmbeddedPostgres({
      dataDirectory: directory,
      durability: "fast",
      log: () => {},
      maxConnections: 300,
    });
    const cluster = new Cluster(postgres.url, postgres, directory);
    await cluster.execute(`create database ${template}`);
    const config = loadConfig({
      DATABASE_URL: cluster.urlOf(template),
      TENFOLD_MASTER_KEY: masterKey,
      TENFOLD_DATA: directory,
    });
    await (await openDatabase(config, createLog("silent"))).close();
    return cluster;
  }

  urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** A database of its own, copied from the template in a few dozen milliseconds. */
  async database(): Promise<string> {
    this.#count += 1;
    const name = `tenfold_${process.pid}_${this.#count}`;
    await this.execute(`create database ${name} template ${template}`);
    return this.urlOf(name);
  }

  /** SQL as the superuser, e.g. to look where no tenant may. */
  async execute<Row extends pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
    url: string = this.url,
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

let shared: Promise<Cluster> | undefined;

/** The cluster of this test process, started when first needed. */
export function sharedCluster(): Promise<Cluster> {
  if (!shared) {
    shared = Cluster.start();
    atTheEnd(async () => (await shared)?.stop());
  }
  return shared;
}
