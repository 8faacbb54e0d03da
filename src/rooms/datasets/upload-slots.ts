import { RateLimited, Unavailable } from "../../kernel/errors.js";

export interface UploadSlotsOptions {
  /** Uploads of all tenants at once. */
  most: number;
  /** Uploads of one tenant, those that wait included. */
  mostForOne: number;
  /** How long an upload waits for a place, in milliseconds. */
  waitMs: number;
}

/**
 * How many uploads this process takes at once. Each may hold a whole file in memory, compressed; and no tenant may hold
 * all places, or its slow uploads would shut the others out. Who finds none free waits a little, first come first
 * served; meanwhile `crowded` tells those that hold a place to make use of it.
 */
export class UploadSlots {
  readonly #own = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(private readonly options: UploadSlotsOptions) {}

  /** Whether somebody waits for a place. */
  get crowded(): boolean {
    return this.#waiting.size > 0;
  }

  /** Takes a place; the returned function gives it back. Rejects with RATE_LIMITED, UNAVAILABLE. */
  async take(tenantId: string): Promise<() => void> {
    this.#enter(tenantId);
    try {
      if (this.#taken < this.options.most) this.#taken++;
      else await this.#turn();
    } catch (error) {
      this.#leave(tenantId);
      throw error;
    }
    return () => {
      this.#leave(tenantId);
      this.#pass();
    };
  }

  #enter(tenantId: string): void {
    const own = this.#own.get(tenantId) ?? 0;
    if (own >= this.options.mostForOne) {
      throw new RateLimited(
        `${own} uploads of this tenant are under way. Wait for one to end and try again.`,
      );
    }
    this.#own.set(tenantId, own + 1);
  }

  #leave(tenantId: string): void {
    const left = (this.#own.get(tenantId) ?? 0) - 1;
    if (left > 0) this.#own.set(tenantId, left);
    else this.#own.delete(tenantId);
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const come = (): void => {
        clearTimeout(patience);
        this.#waiting.delete(come);
        resolve();
      };
      const patience = setTimeout(() => {
        this.#waiting.delete(come);
        reject(new Unavailable("Too many uploads are under way. Try again in a moment."));
      }, this.options.waitMs);
      this.#waiting.add(come);
    });
  }

  /** Hands the place to who has waited longest, without it being free in between. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#taken--;
  }
}
