import type { BinnedColumn } from "./binning.js";
import { type Asking, bestSplit, type Slopes, stepOf } from "./histogram.js";
import type { Tree } from "./tree.js";

interface Growth extends Asking {
  depth: number;
  /** Part of the best step that a leaf takes, so that later trees can mend what this one gets wrong. */
  rate: number;
}

/** What the rows of each leaf should change by: [leaves, scores] */
function valuesOf(slopes: Slopes, leaves: Uint8Array, count: number, { l2, rate }: Growth): Float64Array {
  const { rows, scores, first, second, mostStep } = slopes;
  const [firsts, seconds] = [new Float64Array(count * scores), new Float64Array(count * scores)];
  for (const row of rows) {
    const leaf = leaves[row] ?? 0;
    for (let at = 0; at < scores; at++) {
      const to = leaf * scores + at;
      firsts[to] = (firsts[to] ?? 0) + (first[row * scores + at] ?? 0);
      seconds[to] = (seconds[to] ?? 0) + (second[row * scores + at] ?? 0);
    }
  }
  return firsts.map((value, at) => rate * stepOf(value, seconds[at] ?? 0, { l2, mostStep }));
}

/**
 * Grows an oblivious tree level by level, each by the question that gains most over all its leaves together.
 * (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018; leaves by Newton's step as in
 * Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016.)
 * @param columns those that it may ask about
 * @returns the tree, and the leaf of every row, of those that were not drawn as well
 */
export async function growTree(
  columns: readonly BinnedColumn[],
  slopes: Slopes,
  growth: Growth,
): Promise<{ tree: Tree; leaves: Uint8Array }> {
  const { depth } = growth;
  const leaves = new Uint8Array(slopes.first.length / slopes.scores);
  const tree = { columns: Array<number>(depth).fill(-1), borders: Array<number>(depth).fill(0) };
  for (let level = 0; level < depth; level++) {
    const split = await bestSplit(columns, slopes, { leaves, levels: level }, growth);
    if (!split) break;
    const { column, border } = split;
    tree.columns[level] = column.column;
    tree.borders[level] = column.borders[border] ?? 0;
    for (let row = 0; row < leaves.length; row++)
      if ((column.bins[row] ?? 0) > border) leaves[row] = (leaves[row] ?? 0) | (1 << level);
  }
  return { tree: { ...tree, leaves: valuesOf(slopes, leaves, 2 ** depth, growth) }, leaves };
}
