import { RateLimited, Unavailable } from "../../kernel/errors.js";

export interface DownloadLimits {
  /** Downloads of all tenants at once. */
  most: number;
  mostForOne: number;
  /** Time after which a download is cut off, in milliseconds. */
  longestMs: number;
}

/** An export lies in memory, twice where it is one file of weights, until its reader has it: so there are few at once. */
export const downloadLimits: DownloadLimits = { most: 8, mostForOne: 2, longestMs: 5 * 60_000 };

/** How many downloads this process gives out at once. Nobody waits: whoever finds no place asks again. */
export class DownloadSlots {
  readonly #own = new Map<string, number>();
  #taken = 0;

  constructor(private readonly limits: DownloadLimits) {}

  /** Takes a place; the returned function, called once, gives it back. Throws RATE_LIMITED, UNAVAILABLE. */
  take(tenantId: string): () => void {
    const own = this.#own.get(tenantId) ?? 0;
    if (own >= this.limits.mostForOne)
      throw new RateLimited(
        `${own} downloads of this tenant are under way. Wait for one to end and try again.`,
      );
    if (this.#taken >= this.limits.most)
      throw new Unavailable("Too many downloads are under way. Try again in a moment.");
    this.#own.set(tenantId, own + 1);
    this.#taken += 1;
    return () => this.#leave(tenantId);
  }

  #leave(tenantId: string): void {
    this.#taken -= 1;
    const left = (this.#own.get(tenantId) ?? 1) - 1;
    if (left > 0) this.#own.set(tenantId, left);
    else this.#own.delete(tenantId);
  }
}
