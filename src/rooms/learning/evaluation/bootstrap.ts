import { setImmediate } from "node:timers/promises";
import { seededRandom } from "../random.js";
import type { Measurer, Measures } from "./measures.js";

/** Efron's bootstrap; percentiles of 1,000 resamples move little with more (Efron and Tibshirani 1993, § 13.3). */
const mostResamples = 1_000;
const leastResamples = 100;
/** Rows times classes times resamples: some seconds in a process that only trains, one in a process that answers. */
export const mostWork = { training: 200_000_000, answering: 50_000_000 };

/** Fewer for many rows, whose intervals are narrow and steady anyway. */
export const resamplesFor = (rows: number, width: number, most = mostWork.training): number =>
  Math.max(leastResamples, Math.min(mostResamples, Math.floor(most / Math.max(1, rows * (width + 2)))));

/**
 * Rows drawn with replacement, again and again, in runs of `block` rows that depend on one another (Künsch 1989, the
 * moving-block bootstrap, here around the end); each resample is measured by every measurer, which makes the values
 * of one resample pairs. The same seed gives the same draws.
 */
export function* resample(
  rows: number,
  measurers: readonly Measurer[],
  resamples: number,
  seed: number,
  block = 1,
): Generator<Measures[], void> {
  const random = seededRandom("bootstrap", seed);
  const weights = new Float64Array(rows);
  for (let time = 0; time < resamples; time++) {
    weights.fill(0);
    for (let drawn = 0; drawn < rows; drawn += block) {
      const first = Math.floor(random() * rows);
      for (let more = 0; more < Math.min(block, rows - drawn); more++) {
        const row = (first + more) % rows;
        weights[row] = (weights[row] ?? 0) + 1;
      }
    }
    yield measurers.map((measure) => measure(weights));
  }
}

/** Longest time for which others wait. */
const sliceMs = 8;

/** All values of a generator whose work would hold up the event loop, taken in slices. */
export async function inSlices<T>(values: Iterable<T>): Promise<T[]> {
  const taken: T[] = [];
  let from = performance.now();
  for (const value of values) {
    taken.push(value);
    if (performance.now() - from < sliceMs) continue;
    await setImmediate();
    from = performance.now();
  }
  return taken;
}
