import { shuffled } from "./random.js";

/** Rows as numbers: `x` and `y` hold the same number of them, one after the other. */
export interface Rows {
  x: Float32Array;
  y: Float32Array;
}

/**
 * A number in [0, 1] of the Beta distribution with both parameters `alpha`, by Jöhnk's rejection (1964) in logarithms:
 * a small alpha's powers would be 0, and 0 of 0 no number. Above 2 it would reject nearly all that it draws.
 */
export function betaOf(alpha: number, random: () => number): number {
  for (;;) {
    // 1 - random() is never 0, which has no logarithm.
    const first = Math.log(1 - random()) / alpha;
    const second = Math.log(1 - random()) / alpha;
    if (Math.exp(first) + Math.exp(second) <= 1) return 1 / (1 + Math.exp(second - first));
  }
}

/** `values` in rows of `width`, of which `shares` stay and the rest is taken from their partners. */
function between(values: Float32Array, partners: readonly number[], shares: Float64Array): Float32Array {
  const width = values.length / partners.length;
  const out = new Float32Array(values.length);
  for (const [row, partner] of partners.entries()) {
    const share = shares[row] ?? 1;
    for (let at = 0; at < width; at++) {
      const [own, other] = [values[row * width + at] ?? 0, values[partner * width + at] ?? 0];
      out[row * width + at] = share * own + (1 - share) * other;
    }
  }
  return out;
}

/**
 * Each row mixed with another one, inputs and targets alike: λ of itself and 1 - λ of the other, with λ of
 * Beta(alpha, alpha) (Zhang, Cissé, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", 2018). What is
 * learnt between two rows goes over from the one's answer to the other's evenly, so that few rows can't be learnt by
 * heart. Depends on the random numbers alone.
 * @param rows how many there are
 * @param alpha 0.1 leaves most rows nearly as they are, 1 mixes by any share
 */
export function mixed({ x, y }: Rows, rows: number, alpha: number, random: () => number): Rows {
  const partners = shuffled(
    Array.from({ length: rows }, (_, place) => place),
    random,
  );
  const shares = Float64Array.from({ length: rows }, () => betaOf(alpha, random));
  return { x: between(x, partners, shares), y: between(y, partners, shares) };
}
