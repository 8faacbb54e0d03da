/** Different terms counted at once; beyond it the rarest are forgotten. About 100 MB of short texts. */
const mostCounted = 1_000_000;

/**
 * In how many texts each term occurs, in bounded memory: once more than `capacity` terms are held, those seen least are
 * forgotten and the bar rises (lossy counting, Manku and Motwani, VLDB 2002). Frequent terms keep their counts.
 */
export class TermCounter {
  readonly #counts = new Map<string, number>();
  #bar = 0;
  #forgotten = 0;

  constructor(private readonly capacity = mostCounted) {}

  /** Counts the terms of one text, each once. */
  add(terms: Iterable<string>): void {
    for (const term of new Set(terms)) this.#counts.set(term, (this.#counts.get(term) ?? 0) + 1);
    while (this.#counts.size > this.capacity) this.#forget();
  }

  #forget(): void {
    this.#bar += 1;
    for (const [term, count] of this.#counts) {
      if (count > this.#bar) continue;
      this.#counts.delete(term);
      this.#forgotten += 1;
    }
  }

  /** Different terms met; one that was forgotten and came again counts twice. */
  get different(): number {
    return this.#counts.size + this.#forgotten;
  }

  /** The terms in at least `least` texts, the commonest first, at most `most`; equals in the order of their characters. */
  commonest(least: number, most: number): [term: string, texts: number][] {
    return [...this.#counts]
      .filter(([, count]) => count >= least)
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, most);
  }
}
