import { quantile } from "./interval.js";
import type { Outcomes } from "./outcomes.js";

/** Of actual minus predicted, in the target's unit: above zero the model says too little. */
export interface Residuals {
  mean: number;
  /** Of the sample (divided by n − 1); null for one row. */
  standardDeviation: number | null;
  quantiles: { share: number; value: number }[];
  /** Bars of equal width from the smallest to the largest; one bar where all are equal. */
  histogram: { from: number; to: number; rows: number }[];
}

const shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
const mostBars = 20;

export function residualsOf({ actual, outputs }: Outcomes): Residuals {
  const sorted = Float64Array.from(actual, (value, row) => value - (outputs[row] ?? 0)).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    standardDeviation: sorted.length > 1 ? Math.sqrt(squares / (sorted.length - 1)) : null,
    quantiles: shares.map((share) => ({ share, value: quantile(sorted, share) })),
    histogram: histogramOf(sorted),
  };
}

function histogramOf(sorted: Float64Array): Residuals["histogram"] {
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const count = most > least ? mostBars : 1;
  const width = (most - least) / count;
  const bars = Array.from({ length: count }, (_, place) => ({
    from: least + place * width,
    // The last edge is the largest value itself, which rounding might miss.
    to: place === count - 1 ? most : least + (place + 1) * width,
    rows: 0,
  }));
  for (const value of sorted) {
    const bar = bars[width > 0 ? Math.min(count - 1, Math.floor((value - least) / width)) : 0];
    if (bar) bar.rows++;
  }
  return bars;
}
