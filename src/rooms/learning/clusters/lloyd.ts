import { type Points, squaredDistance } from "./points.js";

/** Each row's nearest centre, and how far away it is, squared. */
interface Assignment {
  labels: Int32Array;
  distances: Float64Array;
  /** Sum of the distances. */
  inertia: number;
}

/** Ties go to the first of the centres. */
export function assign(points: Points, centres: Float64Array): Assignment {
  const { rows, width } = points;
  const count = centres.length / width;
  const labels = new Int32Array(rows);
  const distances = new Float64Array(rows);
  let inertia = 0;
  for (let row = 0; row < rows; row++) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let place = 0; place < count; place++) {
      const distance = squaredDistance(points, row, centres, place * width);
      if (distance < least) [best, least] = [place, distance];
    }
    labels[row] = best;
    distances[row] = least;
    inertia += least;
  }
  return { labels, distances, inertia };
}

/** A cluster that lost all its rows begins anew at the row that is worst off, which cannot make anything worse. */
function revive(points: Points, { distances }: Assignment, next: Float64Array, place: number): void {
  const farthest = distances.reduce(
    (best, distance, row) => (distance > (distances[best] ?? 0) ? row : best),
    0,
  );
  next.set(
    points.values.subarray(farthest * points.width, (farthest + 1) * points.width),
    place * points.width,
  );
  distances[farthest] = 0;
}

function meansOf(points: Points, assignment: Assignment, count: number): Float64Array {
  const { values, rows, width } = points;
  const next = new Float64Array(count * width);
  const sizes = new Float64Array(count);
  for (let row = 0; row < rows; row++) {
    const place = assignment.labels[row] ?? 0;
    sizes[place] = (sizes[place] ?? 0) + 1;
    for (let column = 0; column < width; column++) {
      const at = place * width + column;
      next[at] = (next[at] ?? 0) + (values[row * width + column] ?? 0);
    }
  }
  for (let place = 0; place < count; place++) {
    const size = sizes[place] ?? 0;
    if (size === 0) revive(points, assignment, next, place);
    else for (let at = place * width; at < (place + 1) * width; at++) next[at] = (next[at] ?? 0) / size;
  }
  return next;
}

interface LloydStep {
  centres: Float64Array;
  /** With the centres before the step. */
  inertia: number;
  /** Whether the step changed nothing, to the bit. */
  settled: boolean;
}

/** One step of Lloyd's algorithm (1982): rows to their nearest centre, centres to the mean of their rows. */
export function lloydStep(points: Points, centres: Float64Array): LloydStep {
  const assignment = assign(points, centres);
  const next = meansOf(points, assignment, centres.length / points.width);
  const settled = next.every((value, at) => value === centres[at]);
  return { centres: next, inertia: assignment.inertia, settled };
}
