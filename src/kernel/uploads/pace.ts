/** How slow a sender may be, on average over the last looks or, where it is younger, since it began. */
export interface Pace {
  /** Looks at a young upload before which nothing is asked of it. */
  grace: number;
  /** Looks over which the average is taken. */
  window: number;
  /** Bytes that each look must bring. */
  bytes: number;
}

/** A pace that doubles, up to a most, while an upload lasts. */
interface GrowingPace extends Pace {
  doublesEvery: number;
  mostBytes: number;
}

export interface Paces {
  /** Time between two looks, in milliseconds. */
  lookMs: number;
  usual: Pace;
  /** What is asked of a sender while others wait for its place. */
  crowded: GrowingPace;
}

/**
 * A minimum rate after a time of grace, as Apache's mod_reqtimeout and Kestrel ask it: nginx's and hapi's idle times
 * are kept alive by a byte now and then. Those servers ask some 250 to 500 bytes a second, which is right where a slow
 * sender costs a connection; here it costs one of few places, so more is asked as soon as somebody waits for it. It
 * grows with the time a place was held, because any fixed rate could be kept up just so for hours: 256 MiB at 16 KiB
 * a second take four and a half. The most is 1 Mbit/s, at which the largest file is there in 35 minutes.
 */
export const uploadPaces: Paces = {
  lookMs: 1_000,
  usual: { grace: 30, window: 30, bytes: 546 },
  // The grace fits into the time that an upload waits for a place, or who waits would give up before it gets one.
  crowded: { grace: 4, window: 10, bytes: 16 * 1024, doublesEvery: 60, mostBytes: 128 * 1024 },
};

/** What arrived, look by look. Looks are counted and not timed: one that comes late finds late bytes there too. */
export class Arrivals {
  /** Sums at the last looks, the newest last. */
  readonly #sums: number[] = [0];
  #sum = 0;
  /** Looks so far. */
  age = 0;

  constructor(private readonly longest: number) {}

  add(bytes: number): void {
    this.#sum += bytes;
  }

  look(): void {
    this.age++;
    if (this.#sums.push(this.#sum) > this.longest + 1) this.#sums.shift();
  }

  /** Bytes between the last look and the one so many before it. */
  within(looks: number): number {
    return (this.#sums.at(-1) ?? 0) - (this.#sums.at(-1 - looks) ?? this.#sums[0] ?? 0);
  }

  /** Bytes since the last look. */
  get fresh(): number {
    return this.#sum - (this.#sums.at(-1) ?? 0);
  }

  /** The bytes a look that the pace asks for by now, where fewer came; else null. */
  missed(pace: Pace | GrowingPace): number | null {
    if (this.age < pace.grace) return null;
    const asked =
      "doublesEvery" in pace
        ? Math.min(pace.mostBytes, pace.bytes * 2 ** Math.floor(this.age / pace.doublesEvery))
        : pace.bytes;
    const looks = Math.min(this.age, pace.window);
    return this.within(looks) < asked * looks ? asked : null;
  }
}
