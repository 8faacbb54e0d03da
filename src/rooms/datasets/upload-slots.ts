import { RateLimited, Unavailable } from "../../kernel/errors.js";

/**
 * How many uploads this process takes at once. Each may hold a whole file in memory, compressed; and no tenant may hold
 * all places, or its slow uploads would shut the others out.
 */
export class UploadSlots {
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(
    private readonly most: number,
    private readonly mostForOne: number,
  ) {}

  /** Takes a place; the returned function gives it back. Throws RATE_LIMITED, UNAVAILABLE. */
  take(tenantId: string): () => void {
    const own = this.#taken.get(tenantId) ?? 0;
    if (own >= this.mostForOne) {
      throw new RateLimited(
        `${own} uploads of this tenant are under way. Wait for one to end and try again.`,
      );
    }
    if (this.#total >= this.most)
      throw new Unavailable("Too many uploads are under way. Try again in a moment.");
    this.#taken.set(tenantId, own + 1);
    this.#total++;
    return () => this.#give(tenantId);
  }

  #give(tenantId: string): void {
    const left = (this.#taken.get(tenantId) ?? 0) - 1;
    if (left > 0) this.#taken.set(tenantId, left);
    else this.#taken.delete(tenantId);
    this.#total--;
  }
}
