/** A hash of 64 bits in two halves; no secret, so that one table gives one answer on every machine. */
export interface HashPair {
  high: number;
  low: number;
}

const missing: Readonly<HashPair> = { high: 0x9e3779b9, low: 0x85ebca6b };

const mix = (state: number, value: number, factor: number): number => {
  const mixed = Math.imul(state ^ value, factor);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/**
 * Of a cell's text without surrounding white space (as a category is told apart), by two multiplicative hashes with the
 * factors of MurmurHash3. Two million different texts share one with a chance of about 10⁻⁷.
 */
export function hashCell(cell: string | null): HashPair {
  if (cell === null) return missing;
  const text = cell.trim();
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = mix(high, code, 0x85ebca6b);
    low = mix(low, code, 0xc2b2ae35);
  }
  return { high, low };
}

/** Joins a hash to those before it; the order counts. */
export function join(state: HashPair, { high, low }: HashPair): void {
  state.high = mix(state.high, high, 0x85ebca6b);
  state.low = mix(state.low, low, 0xc2b2ae35);
}

/** One number for a pair, exact to 53 bits: a key for maps that costs no object. */
export const keyOf = ({ high, low }: HashPair): number => (high & 0x1fffff) * 2 ** 32 + low;

/**
 * A set of hashes with two counters each, in typed arrays: a `Map` of two million rows would take ten times the memory.
 * Its capacity is fixed from the number of rows, which a profile knows.
 */
export class HashTally {
  readonly #keys: Float64Array;
  readonly #flags: Uint8Array;
  readonly #mask: number;
  size = 0;

  constructor(expected: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#keys = new Float64Array(capacity).fill(-1);
    this.#flags = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  /** Notes the key with a flag bit and answers the bits it had before; 0 for a new key. */
  note(key: number, flag: number): number {
    let place = (key ^ (key / 2 ** 21)) & this.#mask;
    while (this.#keys[place] !== key && this.#keys[place] !== -1) place = (place + 1) & this.#mask;
    if (this.#keys[place] === -1) {
      this.#keys[place] = key;
      this.size += 1;
    }
    const before = this.#flags[place] ?? 0;
    this.#flags[place] = before | flag;
    return before;
  }
}
