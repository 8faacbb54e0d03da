/** Range, mean and deviation of a column of numbers; null where a value doesn't exist or overflows a double. */
export interface NumberSummary {
  minimum: number | null;
  maximum: number | null;
  mean: number | null;
  /** Of the sample (divided by n − 1), as pandas and R give it; null for fewer than two values. */
  standardDeviation: number | null;
}

/**
 * Running moments in one pass and without the cancellation of a sum of squares.
 * Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4 (1962).
 */
export class Moments {
  /** True while every value is whole. */
  integer = true;
  private count = 0;
  private mean = 0;
  private squares = 0;
  private minimum = Infinity;
  private maximum = -Infinity;

  add(value: number): void {
    this.count++;
    const deviation = value - this.mean;
    this.mean += deviation / this.count;
    this.squares += deviation * (value - this.mean);
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    if (this.integer && !Number.isInteger(value)) this.integer = false;
  }

  summary(): NumberSummary {
    return {
      minimum: finite(this.minimum),
      maximum: finite(this.maximum),
      mean: this.count > 0 ? finite(this.mean) : null,
      standardDeviation: this.count > 1 ? finite(Math.sqrt(this.squares / (this.count - 1))) : null,
    };
  }
}

/** JSON and GraphQL have no Infinity and no NaN. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const noNumbers: Readonly<NumberSummary> = {
  minimum: null,
  maximum: null,
  mean: null,
  standardDeviation: null,
};
