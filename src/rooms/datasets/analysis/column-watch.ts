import { hashCell, type HashPair, HashTally, join, keyOf } from "./cell-hash.js";

/** Values of one column whose target is remembered, and over all columns together. */
const watchLimits = { values: 1_000, allValues: 500_000, uniqueCells: 2_000_000 };

/** What all columns of a table may remember together. */
export class WatchBudget {
  constructor(
    private values: number = watchLimits.allValues,
    private uniqueCells: number = watchLimits.uniqueCells,
  ) {}

  takeValue(): boolean {
    return this.values-- > 0;
  }

  takeUnique(rows: number): boolean {
    if (rows > this.uniqueCells) return false;
    this.uniqueCells -= rows;
    return true;
  }
}

/** Follows one column through the rows: its sequence, how far it determines the target, its different values. */
export class ColumnWatch {
  readonly sequence: HashPair = { high: 1, low: 2 };
  present = 0;
  /** From each value to the target of its rows; null once one value has had two targets, or there are too many. */
  #targets: Map<number, number> | null = new Map();
  readonly #unique: HashTally | null;

  /** `uniqueRows` is the number of rows where different values are to be counted, else null. */
  constructor(
    readonly name: string,
    private readonly budget: WatchBudget,
    uniqueRows: number | null,
  ) {
    this.#unique = uniqueRows !== null && budget.takeUnique(uniqueRows) ? new HashTally(uniqueRows) : null;
  }

  /** Takes a cell, its hash and the hash of the row's target; the target is null where it is missing. */
  add(cell: string | null, target: number | null): HashPair {
    const hash = hashCell(cell);
    join(this.sequence, hash);
    if (cell === null) return hash;
    this.present += 1;
    const key = keyOf(hash);
    this.#unique?.note(key, 1);
    if (this.#targets && target !== null) this.#follow(this.#targets, key, target);
    return hash;
  }

  #follow(targets: Map<number, number>, value: number, target: number): void {
    const known = targets.get(value);
    if (known === target) return;
    const room = targets.size < watchLimits.values && known === undefined && this.budget.takeValue();
    if (room) targets.set(value, target);
    else this.#targets = null;
  }

  /** Different values where they were counted. */
  get distinct(): number | null {
    return this.#unique?.size ?? null;
  }

  /**
   * How its values stand to the target's: each value has one target, and each target one value. Only where values
   * repeat, two rows to each on average: a column of unique values determines everything and tells nothing.
   */
  get determines(): "repeats" | "determines" | null {
    const targets = this.#targets;
    if (!targets || targets.size < 2 || targets.size * 2 > this.present) return null;
    const different = new Set(targets.values()).size;
    if (different < 2) return null;
    return different === targets.size ? "repeats" : "determines";
  }
}
