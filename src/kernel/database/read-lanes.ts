import { LRUCache } from "lru-cache";
import { clock } from "../clock.js";
import { ExtendedClient } from "./client.js";
import { entrance } from "./sql.js";
import type { RawRow, Statement } from "./tenant-read.js";

/** A tenant's next read goes to its own lane while that has no more than this before it. */
const patience = 3;

/** Plans that one connection keeps, some 70 KB each. */
const keptStatements = 200;

/** A backend remembers every table it touched, a megabyte every few tenants: recycled before that adds up. */
const lifetimeMs = 10 * 60_000;
const mostReads = 100_000;

/**
 * The names under which a connection has prepared statements, one a tenant and statement. A name that was given up is
 * never given again: its first use may still be under way, and client and backend would then differ on whether it exists,
 * which would fail every later read of that name.
 */
class PreparedNames {
  readonly #evicted: string[] = [];
  readonly #names = new LRUCache<string, string>({
    max: keptStatements,
    dispose: (name, _key, reason) => {
      if (reason === "evict") this.#evicted.push(name);
    },
  });
  #given = 0;

  /** The name of a tenant's statement, and those to give up for it. */
  use(schema: string, statement: string): { name: string; forgotten: string[] } {
    const key = `${statement} ${schema}`;
    const name = this.#names.get(key) ?? `${statement}_${(this.#given += 1)}`;
    this.#names.set(key, name);
    return { name, forgotten: this.#evicted.splice(0) };
  }
}

/** How many of a process' connections are for planned reads: a few keep Postgres' processors busy, more make it switch. */
export const lanesOf = (poolSize: number): number => Math.min(8, Math.max(1, Math.floor(poolSize * 0.4)));

/** One connection that is read through by many tenants, one statement behind the other. */
class Lane {
  readonly #opened = clock.now().getTime();
  readonly #names = new PreparedNames();
  readonly #client: ExtendedClient;
  readonly #ready: Promise<unknown>;
  #reads = 0;
  waiting = 0;
  /** Its connection is gone, or was never there. */
  broken = false;

  constructor(url: string) {
    this.#client = new ExtendedClient({
      connectionString: url,
      application_name: "tenfold",
      keepAlive: true,
    });
    this.#client.on("error", () => this.#break());
    this.#client.on("end", () => this.#break());
    this.#ready = this.#client.connect().then(() => this.#client.prepareEntrances());
    this.#ready.catch(() => this.#break());
  }

  get spent(): boolean {
    return this.broken || this.#reads >= mostReads || clock.now().getTime() - this.#opened > lifetimeMs;
  }

  async read(schema: string, statement: Statement): Promise<RawRow> {
    this.#reads += 1;
    this.waiting += 1;
    try {
      await this.#ready;
      if (statement.name === undefined) return await this.#client.readRawAs(entrance(schema), statement);
      const { name, forgotten } = this.#names.use(schema, statement.name);
      return await this.#client.readRawAs(entrance(schema), { ...statement, name }, forgotten);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Ends behind the reads that were sent. */
  async close(): Promise<void> {
    await this.#ready.then(() => this.#client.end()).catch(() => {});
  }

  #break(): void {
    this.broken = true;
  }
}

/**
 * Connections for planned reads alone. Each read is a transaction of its own between two Syncs (see TenantRead), so
 * reads of several tenants follow each other on one connection without waiting for each other's answers. A tenant
 * keeps to one lane: Postgres plans a prepared statement anew whenever its search path is another tenant's, which
 * takes longer than running it, so every tenant has statements of its own there.
 */
export class ReadLanes {
  readonly #lanes: (Lane | undefined)[];
  #closed = false;

  constructor(
    private readonly url: string,
    count: number,
  ) {
    this.#lanes = Array.from({ length: count });
  }

  /** The first row of a statement that only reads, as a tenant. */
  read(schema: string, statement: Statement): Promise<RawRow> {
    if (this.#closed) throw new Error("The reads are closed.");
    return this.#choose(schema).read(schema, statement);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#lanes.map(async (lane) => lane?.close()));
  }

  /** The tenant's own lane, unless others wait there and elsewhere fewer do. */
  #choose(schema: string): Lane {
    const own = this.#lane(numberOf(schema) % this.#lanes.length);
    if (own.waiting < patience) return own;
    const lanes = this.#lanes.map((_lane, index) => this.#lane(index));
    return lanes.reduce((best, lane) => (lane.waiting < best.waiting ? lane : best), own);
  }

  #lane(index: number): Lane {
    const known = this.#lanes[index];
    if (known && !known.spent) return known;
    void known?.close();
    return (this.#lanes[index] = new Lane(this.url));
  }
}

/** Spreads names evenly: FNV-1a, 32 bits (Fowler, Noll, Vo). */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
