import { seededRandom, shuffled } from "../random.js";
import type { BinnedColumn } from "./binning.js";

/** Places of the rows that a tree is grown on, ascending; at least one. (Friedman, "Stochastic gradient boosting", 2002.) */
export function drawnRows(count: number, share: number, seed: number, tree: number): Int32Array {
  const all = Int32Array.from({ length: count }, (_, row) => row);
  if (share >= 1) return all;
  const random = seededRandom(seed, "tree rows", tree);
  let wanted = Math.max(1, Math.round(count * share));
  // Of those to come, each is as likely as any other (Knuth, "The Art of Computer Programming", vol. 2, 3.4.2, S).
  return all.filter((row) => {
    const taken = random() * (count - row) < wanted;
    if (taken) wanted--;
    return taken;
  });
}

/** The columns that a tree may ask about, in their order; at least one where there is any. */
export function drawnColumns(
  columns: readonly BinnedColumn[],
  share: number,
  seed: number,
  tree: number,
): readonly BinnedColumn[] {
  const wanted = Math.max(1, Math.round(columns.length * share));
  if (wanted >= columns.length) return columns;
  const drawn = shuffled([...columns.keys()], seededRandom(seed, "tree columns", tree)).slice(0, wanted);
  return drawn.sort((a, b) => a - b).flatMap((at) => columns[at] ?? []);
}

/**
 * Draws the borders that are compared, anew for each column and question: trees that do not all find the very best
 * border differ more, and err less together. (After Geurts, Ernst and Wehenkel, "Extremely randomized trees", 2006.)
 */
export function borderDraw(share: number, seed: number, tree: number): (borders: number) => Iterable<number> {
  if (share >= 1) return (borders) => Array(borders).keys();
  const random = seededRandom(seed, "tree borders", tree);
  return (borders) => {
    const wanted = Math.max(1, Math.round(borders * share));
    return Array.from({ length: wanted }, () => Math.floor(random() * borders));
  };
}
