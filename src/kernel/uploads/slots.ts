import { RateLimited, Unavailable } from "../errors.js";
import { Tally } from "../tally.js";

interface UploadSlotsOptions {
  /** Uploads of all tenants at once. */
  most: number;
  /** Uploads of one tenant, those that wait included. */
  mostForOne: number;
  /** How long an upload waits for a place, in milliseconds. */
  waitMs: number;
}

/** A place costs memory for one file; a stalled upload loses its own well before who waits gives up. */
export const uploadSlots: UploadSlotsOptions = { most: 8, mostForOne: 2, waitMs: 10_000 };

interface Waiter {
  come: () => void;
  refuse: (message: string) => void;
}

const tooMany = "Too many uploads are under way. Try again in a moment.";
const stopping = "The server is about to stop. Send the file to the same URL in a moment.";

/**
 * How many uploads this process takes at once. Each may hold a whole file in memory, compressed; and no tenant may hold
 * all places, or its slow uploads would shut the others out. Who finds none free waits a little, first come first
 * served; meanwhile `crowded` tells those that hold a place to make use of it.
 */
export class UploadSlots {
  readonly #own = new Tally();
  readonly #waiting = new Set<Waiter>();
  #taken = 0;
  #closed = false;

  constructor(private readonly options: UploadSlotsOptions) {}

  /** Whether somebody waits for a place. */
  get crowded(): boolean {
    return this.#waiting.size > 0;
  }

  /** Refuses from now on, those that wait too; places that are taken stay. */
  close(): void {
    this.#closed = true;
    for (const { refuse } of this.#waiting) refuse(stopping);
  }

  /** Takes a place; the returned function gives it back. Rejects with RATE_LIMITED, UNAVAILABLE. */
  async take(tenantId: string): Promise<() => void> {
    if (this.#closed) throw new Unavailable(stopping);
    const leave = this.#enter(tenantId);
    try {
      if (this.#taken < this.options.most) this.#taken++;
      else await this.#turn();
    } catch (error) {
      leave();
      throw error;
    }
    return () => {
      leave();
      this.#pass();
    };
  }

  #enter(tenantId: string): () => void {
    const own = this.#own.of(tenantId);
    if (own >= this.options.mostForOne) {
      throw new RateLimited(
        `${own} uploads of this tenant are under way. Wait for one to end and try again.`,
      );
    }
    return this.#own.add(tenantId);
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      // At once and not when the promise is heard of: a place must not be handed to the same one twice.
      const leave = (): void => {
        clearTimeout(patience);
        this.#waiting.delete(waiter);
      };
      const waiter: Waiter = {
        come: () => {
          leave();
          resolve();
        },
        refuse: (message) => {
          leave();
          reject(new Unavailable(message));
        },
      };
      const patience = setTimeout(() => waiter.refuse(tooMany), this.options.waitMs);
      this.#waiting.add(waiter);
    });
  }

  /** Hands the place to who has waited longest, without it being free in between. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next) next.come();
    else this.#taken--;
  }
}
