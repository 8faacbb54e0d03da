import { RateLimited, Unavailable } from "../../kernel/errors.js";
import { Tally } from "../../kernel/tally.js";

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
  readonly #own = new Tally();
  #taken = 0;

  constructor(private readonly limits: DownloadLimits) {}

  /** Takes a place; the returned function, called once, gives it back. Throws RATE_LIMITED, UNAVAILABLE. */
  take(tenantId: string): () => void {
    const own = this.#own.of(tenantId);
    if (own >= this.limits.mostForOne)
      throw new RateLimited(
        `${own} downloads of this tenant are under way. Wait for one to end and try again.`,
      );
    if (this.#taken >= this.limits.most)
      throw new Unavailable("Too many downloads are under way. Try again in a moment.");
    const leave = this.#own.add(tenantId);
    this.#taken += 1;
    return () => {
      leave();
      this.#taken -= 1;
    };
  }
}
