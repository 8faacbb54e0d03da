import { LRUCache } from "lru-cache";

/** Texts that are remembered; a caller can make as many as there are queries. */
const mostTexts = 1_000;

/** Connections keep a number of plans, whatever their size, and a plan grows with its text. */
const longestText = 32 * 1024;

/** Short names for statements worth preparing: those that come a second time. Names are not given twice. */
export class StatementNames {
  readonly #seen = new LRUCache<string, { name: string | undefined }>({ max: mostTexts });
  #given = 0;

  /** Undefined for a statement that is better sent as it is. */
  of(text: string): string | undefined {
    if (text.length > longestText) return undefined;
    const seen = this.#seen.get(text);
    if (!seen) this.#seen.set(text, { name: undefined });
    else seen.name ??= `read${(this.#given += 1)}`;
    return seen?.name;
  }
}
