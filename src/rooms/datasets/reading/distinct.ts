const mostDistinct = 1_000;
/** A longer value is a text and no category. */
const longestCategory = 256;

/** What a profile may spend on distinct values, over all its columns together: characters, and a share a value. */
export class DistinctBudget {
  private left: number;

  constructor(characters: number = 64 * 1024 * 1024) {
    this.left = characters;
  }

  take(cost: number): boolean {
    if (cost > this.left) return false;
    this.left -= cost;
    return true;
  }

  give(cost: number): void {
    this.left += cost;
  }
}

// What a map entry takes beside its characters, roughly.
const entryCost = 32;

/**
 * Counts the values of one column exactly, up to 1,000 different ones of at most 256 characters. Beyond that, or when
 * the budget is spent, it forgets them: the column has too many values to be a class, and memory stays bounded.
 */
export class DistinctCounter {
  private counts: Map<string, number> | null = new Map();
  private cost = 0;

  constructor(private readonly budget: DistinctBudget) {}

  add(value: string): void {
    if (!this.counts) return;
    const count = this.counts.get(value);
    if (count !== undefined) this.counts.set(value, count + 1);
    else this.insert(this.counts, value);
  }

  /** Every value with its count in the order of first appearance, or null when there were too many. */
  get values(): ReadonlyMap<string, number> | null {
    return this.counts;
  }

  private insert(counts: Map<string, number>, value: string): void {
    const cost = value.length + entryCost;
    const fits = counts.size < mostDistinct && value.length <= longestCategory && this.budget.take(cost);
    if (!fits) return this.forget();
    this.cost += cost;
    counts.set(ownCopy(value), 1);
  }

  private forget(): void {
    this.counts = null;
    this.budget.give(this.cost);
  }
}

/** A cell cut from its line keeps the whole line in memory; what outlives the row must not. */
export const ownCopy = (value: string): string => Buffer.from(value, "utf16le").toString("utf16le");
