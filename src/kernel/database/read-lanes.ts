import { LRUCache } from "lru-cache";
import { clock } from "../clock.js";
import { ExtendedClient } from "./client.js";
import { entrance } from "./sql.js";
import type { RawRow, Statement } from "./tenant-read.js";

/** A read waits behind this many others where its statement is planned already, sooner than have it planned elsewhere. */
const patience = 12;

/** Of a tenant with more reads at once than this on a lane, further ones go elsewhere: planning there pays. */
const fewAtOnce = 4;

/**
 * No tenant waits in more lanes, and where there are two or more never in all: its reads that wait for a lock, as while
 * it is migrated, would hold every tenant.
 */
const mostOfATenant = (lanes: number): number => Math.min(3, Math.max(1, lanes - 1));

/** A lane that has answered nothing for this long is held by a slow read: the next ones go elsewhere if they can. */
const heldAfterMs = 25;

/** Plans that one connection keeps, some 70 KB each. */
const keptStatements = 350;

/** Whoever waits longer for a lock waits on a connection of its own, through the plain resolvers: here all wait behind it. */
const lockTimeoutMs = 1_000;
const connectTimeoutMs = 10_000;

/** A backend remembers every table it touched, a megabyte every few tenants: recycled before that adds up. */
const lifetimeMs = 10 * 60_000;
const mostReads = 100_000;

/** What a tenant's statement is known by. */
const keyOf = (schema: string, statement: string): string => `${statement} ${schema}`;

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

  has(schema: string, statement: string): boolean {
    return this.#names.has(keyOf(schema, statement));
  }

  /** The name of a tenant's statement, and those to give up for it. */
  use(schema: string, statement: string): { name: string; forgotten: string[] } {
    const key = keyOf(schema, statement);
    const name = this.#names.get(key) ?? `${statement}_${(this.#given += 1)}`;
    this.#names.set(key, name);
    return { name, forgotten: this.#evicted.splice(0) };
  }
}

/**
 * How many of a process' connections are for planned reads. Few are better than many: what waits together is read,
 * run and answered together, and each plan is made less often.
 */
export const lanesOf = (poolSize: number): number => Math.min(8, Math.max(1, Math.floor(poolSize / 5)));

/** One connection that is read through by many tenants, one statement behind the other. */
class Lane {
  readonly #opened = clock.now().getTime();
  readonly #names = new PreparedNames();
  readonly #client: ExtendedClient;
  readonly #ready: Promise<unknown>;
  #reads = 0;
  #movedAt = 0;
  readonly #waiting = new Map<string, number>();
  #count = 0;
  /** Its connection is gone, or was never there. */
  broken = false;

  constructor(url: string) {
    this.#client = new ExtendedClient({
      connectionString: url,
      application_name: "tenfold",
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      lock_timeout: lockTimeoutMs,
    });
    this.#client.on("error", () => this.#break());
    this.#client.on("end", () => this.#break());
    this.#ready = this.#client.connect().then(() => this.#client.prepareEntrances());
    this.#ready.catch(() => this.#break());
  }

  get spent(): boolean {
    return this.broken || this.#reads >= mostReads || clock.now().getTime() - this.#opened > lifetimeMs;
  }

  /** Those that wait count for more where nothing moves. */
  get burden(): number {
    const held = this.#count > 0 && clock.now().getTime() - this.#movedAt > heldAfterMs;
    return held ? this.#count + 1_000 : this.#count;
  }

  /** How many reads of this tenant wait here. */
  waiting(schema: string): number {
    return this.#waiting.get(schema) ?? 0;
  }

  /** Whether the tenant's statement was planned here. */
  knows(schema: string, statement: string | undefined): boolean {
    return statement !== undefined && this.#names.has(schema, statement);
  }

  async read(schema: string, statement: Statement): Promise<RawRow> {
    this.#reads += 1;
    this.#wait(schema, 1);
    try {
      await this.#ready;
      if (statement.name === undefined) return await this.#client.readRawAs(entrance(schema), statement);
      const { name, forgotten } = this.#names.use(schema, statement.name);
      return await this.#client.readRawAs(entrance(schema), { ...statement, name }, forgotten);
    } finally {
      this.#wait(schema, -1);
    }
  }

  /** Ends behind the reads that were sent. */
  async close(): Promise<void> {
    await this.#ready.then(() => this.#client.end()).catch(() => {});
  }

  /** Counts a read that begins to wait or was answered. A lane moves where it answers, or gets its first. */
  #wait(schema: string, change: 1 | -1): void {
    if (change < 0 || this.#count === 0) this.#movedAt = clock.now().getTime();
    this.#count += change;
    const left = (this.#waiting.get(schema) ?? 0) + change;
    if (left === 0) this.#waiting.delete(schema);
    else this.#waiting.set(schema, left);
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
    return this.#choose(schema, statement.name).read(schema, statement);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#lanes.map(async (lane) => lane?.close()));
  }

  /** Where the statement was planned and fewest wait; elsewhere only when too many wait there. */
  #choose(schema: string, statement: string | undefined): Lane {
    const lanes = this.#lanes.map((_lane, index) => this.#lane(index));
    const own = numberOf(schema) % lanes.length;
    const planned = lanes.filter((lane, index) => index === own || lane.knows(schema, statement));
    const best = leastBurdened(planned);
    if (best.burden < patience && best.waiting(schema) < fewAtOnce) return best;
    const taken = lanes.filter((lane) => lane.waiting(schema) > 0);
    return leastBurdened(taken.length < mostOfATenant(lanes.length) ? lanes : taken);
  }

  #lane(index: number): Lane {
    const known = this.#lanes[index];
    if (known && !known.spent) return known;
    void known?.close();
    return (this.#lanes[index] = new Lane(this.url));
  }
}

const leastBurdened = (lanes: readonly Lane[]): Lane =>
  lanes.reduce((best, lane) => (lane.burden < best.burden ? lane : best));

/** Spreads names evenly: FNV-1a, 32 bits (Fowler, Noll, Vo). */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
