export const normalizations = ["STANDARD", "MIN_MAX", "ROBUST", "NONE"] as const;
export type Normalization = (typeof normalizations)[number];

/** Mean and population standard deviation; the sums run over sorted values, so the order of rows can't show. */
export function spread(sorted: readonly number[]): { mean: number; deviation: number } {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  const deviation = Math.sqrt(variance);
  // A constant column would divide by zero, and rounding leaves it a deviation that is tiny but not zero.
  return { mean, deviation: deviation > Math.abs(mean) * 1e-12 && deviation > 1e-100 ? deviation : 1 };
}

export function medianOf(sorted: readonly number[]): number {
  const [below, above] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return below + (above - below) / 2;
}

/** A quantile of sorted values, between two of them as far as it lies between their places. */
function quantileOf(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

interface Scale {
  centre: number;
  scale: number;
}

const scales: Record<Normalization, (sorted: readonly number[]) => Scale> = {
  STANDARD: (sorted) => {
    const { mean, deviation } = spread(sorted);
    return { centre: mean, scale: deviation };
  },
  MIN_MAX: (sorted) => {
    const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
    return { centre: least, scale: most - least };
  },
  ROBUST: (sorted) => ({
    centre: medianOf(sorted),
    scale: quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25),
  }),
  NONE: () => ({ centre: 0, scale: 1 }),
};

/**
 * What is taken from a number and what the rest is divided by, from its sorted training values: STANDARD gives mean 0
 * and deviation 1, MIN_MAX 0 to 1, ROBUST median 0 and interquartile range 1, NONE leaves it as it is. Where a scale
 * would be zero, the deviation stands in for it, as for a column half of which is one value.
 */
export function scaleOf(sorted: readonly number[], normalization: Normalization): Scale {
  const { centre, scale } = scales[normalization](sorted);
  const { deviation } = spread(sorted);
  return { centre, scale: scale > deviation * 1e-9 && Number.isFinite(scale) ? scale : deviation };
}

/**
 * Beyond this a scaled number is cut: a typing error of a thousand deviations would drown every other feature, and
 * twenty is beyond any honest value. Numbers as they stand are only kept from overflowing float32 in a sum.
 */
export const mostScaled = (normalization: Normalization): number => (normalization === "NONE" ? 1e15 : 20);
