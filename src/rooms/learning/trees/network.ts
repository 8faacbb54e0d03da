import { type Architecture, treeLayers } from "../architecture/index.js";
import { joined } from "../joined.js";
import type { Forest, Tree } from "./tree.js";

/**
 * So steep that a unit is 0 or 1 for every value that is `leastGap` or more from the border, and a power of two, so that
 * single precision keeps each value and each border as it is. Beside it 10¹⁵, the largest value there is, stays far from
 * overflowing.
 */
const slope = 2 ** 64;

/** Nearer to a border a unit is between 0 and 1: e⁻¹²⁸ is nothing in single precision, e⁻¹ is a third. */
export const leastGap = 128 / slope;

/** For a level without a question: 0 whatever is read. */
const never = -slope;

interface Sides {
  /** Values that the network reads and puts out. */
  width: number;
  outputs: number;
}

/** One unit a question: [width, questions] and [questions] */
function questions(trees: readonly Tree[], depth: number, width: number): Float32Array[] {
  const units = trees.length * depth;
  const kernel = new Float32Array(width * units);
  const bias = new Float32Array(units);
  for (const [number, { columns, borders }] of trees.entries())
    for (let level = 0; level < depth; level++) {
      const [unit, column] = [number * depth + level, columns[level] ?? -1];
      if (column >= 0) kernel[column * units + unit] = slope;
      bias[unit] = column >= 0 ? -slope * (borders[level] ?? 0) : never;
    }
  return [kernel, bias];
}

/**
 * One unit a leaf, the same for every tree: 1 where all answers are those that lead to it, and else at most −1, which
 * no rounding lifts above zero: [depth, leaves] and [leaves]
 */
function leaves(depth: number): Float32Array[] {
  const count = 2 ** depth;
  const kernel = new Float32Array(depth * count);
  const bias = new Float32Array(count);
  for (let leaf = 0; leaf < count; leaf++) {
    let no = 0;
    for (let level = 0; level < depth; level++) {
      const yes = (leaf >> level) & 1;
      kernel[level * count + leaf] = yes ? 2 : -2;
      no += 1 - yes;
    }
    bias[leaf] = 2 * no - (2 * depth - 1);
  }
  return [kernel, bias];
}

/** Of two classes there is one score, the logarithm of their odds, half of which is said of each. */
function spread(scores: Float64Array, each: number, outputs: number): Float32Array {
  if (each === outputs) return Float32Array.from(scores);
  const both = new Float32Array(scores.length * 2);
  scores.forEach((score, at) => both.set([-score / 2, score / 2], at * 2));
  return both;
}

/** The forest as a network; its weights in the order of `weightShapes`. */
export function networkOf(
  { begin, trees }: Forest,
  depth: number,
  { width, outputs }: Sides,
): { architecture: Architecture; weights: Float32Array } {
  const values = trees.map(({ leaves: scores }) => spread(scores, begin.length, outputs));
  const parts = [...questions(trees, depth, width), ...leaves(depth), ...values];
  return {
    architecture: { layers: treeLayers(trees.length, depth) },
    weights: joined([...parts, spread(begin, begin.length, outputs)]),
  };
}
