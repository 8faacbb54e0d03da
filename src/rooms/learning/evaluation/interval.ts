/** 95 % of a normal distribution lie within this many standard deviations. */
const z = 1.959963984540054;

/** Within which the true value lies with a confidence of 95 %. */
export interface Interval {
  lower: number;
  upper: number;
}

/**
 * Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927), which stays within 0 and 1 and is not empty where
 * all or none are hits, unlike the one of the normal approximation.
 */
export function wilsonInterval(hits: number, rows: number): Interval {
  if (rows === 0) return { lower: 0, upper: 1 };
  const share = hits / rows;
  const scale = 1 + z ** 2 / rows;
  const center = (share + z ** 2 / (2 * rows)) / scale;
  const margin = (z / scale) * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2));
  return { lower: Math.max(0, center - margin), upper: Math.min(1, center + margin) };
}

/** Linear between neighbours, as NumPy's default (Hyndman and Fan's type 7). NaN for no values. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

/** The middle 95 % of what resamples gave; null where too few of them gave a value to say. */
export function percentileInterval(values: readonly (number | null)[]): Interval | null {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  if (sorted.length < 40 || sorted.length * 2 < values.length) return null;
  return { lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) };
}
