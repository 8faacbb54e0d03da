import { type Points, rowOf, squaredDistance } from "./points.js";

/** A row drawn with a chance in proportion to its weight; `sum` is that of all weights. */
function draw(weights: Float64Array, sum: number, random: () => number): number {
  let left = random() * sum;
  let last = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row] ?? 0;
    if (weight === 0) continue;
    last = row;
    left -= weight;
    if (left < 0) break;
  }
  // Rounding may leave a rest after the last row that has any weight.
  return last;
}

/** What remains of each row's squared distance to its nearest centre when `row` becomes one, and their sum. */
function withCentre(
  points: Points,
  nearest: Float64Array,
  row: number,
): { nearest: Float64Array; sum: number } {
  const centre = rowOf(points, row);
  const next = new Float64Array(points.rows);
  let sum = 0;
  for (let other = 0; other < points.rows; other++) {
    const distance = Math.min(nearest[other] ?? 0, squaredDistance(points, other, centre, 0));
    next[other] = distance;
    sum += distance;
  }
  return { nearest: next, sum };
}

/**
 * Begins k-means with rows far from one another: greedy k-means++ (Arthur and Vassilvitskii 2007), which draws some
 * rows for each centre and takes the one that helps most. There must be at least `count` different rows.
 */
export function seedCentres(points: Points, count: number, random: () => number): Float64Array {
  const { rows, width } = points;
  const trials = 2 + Math.floor(Math.log(count));
  const centres = new Float64Array(count * width);
  const first = Math.floor(random() * rows);
  let best = withCentre(points, new Float64Array(rows).fill(Number.POSITIVE_INFINITY), first);
  centres.set(rowOf(points, first));
  for (let place = 1; place < count; place++) {
    const drawn = Array.from({ length: trials }, () => draw(best.nearest, best.sum, random));
    let chosen: { nearest: Float64Array; sum: number } | null = null;
    for (const row of drawn) {
      const found = withCentre(points, best.nearest, row);
      if (chosen && chosen.sum <= found.sum) continue;
      chosen = found;
      centres.set(rowOf(points, row), place * width);
    }
    best = chosen ?? best;
  }
  return centres;
}
