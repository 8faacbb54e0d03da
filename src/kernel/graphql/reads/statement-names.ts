import { LRUCache } from "lru-cache";
import { clock } from "../../clock.js";
import { sha256 } from "../../crypto.js";

/** A prepared statement stays on its connection until that is recycled, so names are given out sparingly. */
const mostNames = 300;
const connectionLifetimeMs = 10 * 60_000;

/**
 * Names for statements worth preparing: those that come a second time. Tenants share them, since a statement's tables
 * have no schema in it. At most 300 new ones in the lifetime of a connection, or callers could fill its memory.
 */
export class StatementNames {
  readonly #known = new LRUCache<string, { name: string | undefined }>({ max: 1_000 });
  #given = 0;
  #since = 0;

  /** Undefined for a statement that is better sent as it is. */
  of(text: string): string | undefined {
    const known = this.#known.get(text);
    if (!known) {
      this.#known.set(text, { name: undefined });
      return undefined;
    }
    if (known.name === undefined && this.#mayGive()) known.name = `read_${sha256(text).slice(0, 32)}`;
    return known.name;
  }

  #mayGive(): boolean {
    const now = clock.now().getTime();
    if (now - this.#since > connectionLifetimeMs) {
      this.#since = now;
      this.#given = 0;
    }
    if (this.#given >= mostNames) return false;
    this.#given += 1;
    return true;
  }
}
