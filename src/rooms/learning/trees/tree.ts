import type { Points } from "../clusters/points.js";

/**
 * An oblivious tree: all nodes of a level ask whether one column is above one border. The answers, the first in the
 * lowest bit, are the number of a leaf. (Kohavi, "Bottom-up induction of oblivious read-once decision graphs", 1994.)
 */
export interface Tree {
  /** Of each level the column, and −1 where no question told any more; then the answer is no. */
  columns: readonly number[];
  borders: readonly number[];
  /** Of each leaf, what it adds to each score: [2 ^ levels, scores] */
  leaves: Float64Array;
}

/** What is said of rows: so much to begin with, and what each tree adds. */
export interface Forest {
  begin: Float64Array;
  trees: readonly Tree[];
}

export function leafOf({ columns, borders }: Tree, { values, width }: Points, row: number): number {
  let leaf = 0;
  for (let level = 0; level < columns.length; level++) {
    const column = columns[level] ?? -1;
    if (column >= 0 && (values[row * width + column] ?? 0) > (borders[level] ?? 0)) leaf |= 1 << level;
  }
  return leaf;
}

/** Adds what a leaf says to the scores of a row. */
export function addLeaf(
  scores: Float64Array,
  row: number,
  { leaves }: Tree,
  leaf: number,
  each: number,
): void {
  for (let at = 0; at < each; at++)
    scores[row * each + at] = (scores[row * each + at] ?? 0) + (leaves[leaf * each + at] ?? 0);
}

/** The scores of rows before any tree: [rows, scores] */
export function firstScores(begin: Float64Array, rows: number): Float64Array {
  const scores = new Float64Array(rows * begin.length);
  for (let row = 0; row < rows; row++) scores.set(begin, row * begin.length);
  return scores;
}

/** Adds what a tree says of each row. */
export function addTree(scores: Float64Array, tree: Tree, points: Points): void {
  const each = scores.length / points.rows;
  for (let row = 0; row < points.rows; row++) addLeaf(scores, row, tree, leafOf(tree, points, row), each);
}

/** The scores of rows by all trees: [rows, scores] */
export function scoresOf({ begin, trees }: Forest, points: Points): Float64Array {
  const scores = firstScores(begin, points.rows);
  for (const tree of trees) addTree(scores, tree, points);
  return scores;
}
