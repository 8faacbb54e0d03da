import { RateLimited } from "../../kernel/errors.js";
import { Tally } from "../../kernel/tally.js";

interface TurnLimits {
  /** Turns at once, of all owners together and of one. */
  most: number;
  mostForOne: number;
}

/** Gives a turn back; calling it twice changes nothing. */
export type EndTurn = () => void;

interface Waiting {
  start: (end: EndTurn) => void;
}

/**
 * Turns before something that does one thing after the other. Owners that wait are served round robin, so one with a
 * thousand requests waits for its own and delays another by a single turn. No owner has all turns at once: where its
 * turns hang, as for a model that can't be loaded, there are others left.
 */
export class FairTurns {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #running = new Tally();
  #taken = 0;
  #waiting = 0;

  constructor(private readonly limits: TurnLimits) {}

  /** Turns that are taken or waited for. */
  get load(): number {
    return this.#taken + this.#waiting;
  }

  /** Calls `start` when it is the owner's turn, maybe at once. */
  take(owner: string, start: (end: EndTurn) => void): void {
    const queue = this.#queues.get(owner) ?? [];
    this.#queues.set(owner, queue);
    queue.push({ start });
    this.#waiting += 1;
    this.#serve();
  }

  /** The owner served goes to the end of the line: a Map keeps the order in which keys were put in. */
  #serve(): void {
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const { owner, queue } = next;
      const waiting = queue.shift();
      this.#queues.delete(owner);
      if (queue.length > 0) this.#queues.set(owner, queue);
      this.#waiting -= 1;
      this.#taken += 1;
      waiting?.start(this.#endOf(owner));
    }
  }

  #next(): { owner: string; queue: Waiting[] } | null {
    if (this.#taken >= this.limits.most) return null;
    for (const [owner, queue] of this.#queues)
      if (this.#running.of(owner) < this.limits.mostForOne) return { owner, queue };
    return null;
  }

  #endOf(owner: string): EndTurn {
    const leave = this.#running.add(owner);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#taken -= 1;
      leave();
      this.#serve();
    };
  }
}

/** What one owner may have under way. */
export interface Room {
  requests: number;
  bytes: number;
}

/** Seconds after which a crowd of requests has usually been answered. */
const retryAfterSeconds = 1;

/** Bounds what waits in memory: whoever has more under way than there is room for is told to come back. */
export class WaitingRoom {
  readonly #inside = new Map<string, Room>();

  constructor(private readonly room: Room) {}

  /** Lets one more request in; call what it answers once that is over. Throws RATE_LIMITED. */
  enter(owner: string, bytes: number): () => void {
    const inside = this.#inside.get(owner) ?? { requests: 0, bytes: 0 };
    if (inside.requests >= this.room.requests || inside.bytes + bytes > this.room.bytes)
      throw new RateLimited(
        `${inside.requests.toLocaleString("en")} predictions of this tenant are waiting for their answers. Wait for some of them, then try again.`,
        { retryAfterSeconds },
      );
    inside.requests += 1;
    inside.bytes += bytes;
    this.#inside.set(owner, inside);
    return () => {
      inside.requests -= 1;
      inside.bytes -= bytes;
      if (inside.requests === 0) this.#inside.delete(owner);
    };
  }
}
