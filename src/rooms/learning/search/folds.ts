import { type Cell, categoryOf, numberOf } from "../cell.js";
import { leastTrainingRows } from "../learning.limits.js";
import { type ModelType, predictsNumbers } from "../model-types.js";
import { seededRandom, shuffled } from "../random.js";
import { type Split, splitSizes } from "../split.js";
import { rowsByTime } from "../splitting/order.js";
import type { SplitKind, SplitPlan } from "../splitting/plan.js";
import { groupsOf } from "../splitting/strata.js";
import type { Fold } from "./fold.js";
import { heldGroups, heldGroupsStratified } from "./group-folds.js";

export type { Fold } from "./fold.js";

/** Below this many training rows one held-out part decides nothing: on 15 rows a lucky one is worth six per cent. */
export const fewRows = 1_000;
const folds = 5;

/**
 * The folds that a setting is scored on: all of them for few rows; for many one fifth of the rows says enough, by time
 * the last quarter.
 * @param groups how many a split by group has to train on at the most; without a number there may be any
 */
export function foldsFor(trainingRows: number, kind: SplitKind | null = null, groups = folds): Fold[] {
  const few = trainingRows < fewRows;
  if (kind === "TIME" && !few) return [{ number: 1, of: 2 }];
  const of = kind === "GROUP" ? Math.max(2, Math.min(folds, groups)) : folds;
  return Array.from({ length: few ? of : 1 }, (_, number) => ({ number, of }));
}

/** Of so many training rows, how many the smallest fold trains on; of groups, whose sizes nobody knows, the most. */
function leastTrained(trainingRows: number, kind: SplitKind | null): number {
  if (kind === "GROUP") return trainingRows - 1;
  return kind === "TIME" ? firstHalf(trainingRows) : trainingRows - Math.ceil(trainingRows / folds);
}

/** The fewest rows of a dataset of which every fold can train a network. */
export function leastSearchRows(split: SplitPlan | null): number {
  let rows = leastTrainingRows + 1;
  while (leastTrained(splitSizes(rows, 0, split).train, split?.kind ?? null) < leastTrainingRows) rows++;
  return rows;
}

/** Training rows apart from those of a fold, both ascending. */
interface FoldRows {
  train: number[];
  held: number[];
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

const apart = (rows: readonly number[], held: ReadonlySet<number>): FoldRows => ({
  train: rows.filter((row) => !held.has(row)),
  held: rows.filter((row) => held.has(row)),
});

/**
 * Rows are dealt out in the order of their targets after a shuffle by seed, so that each fold has its share of every
 * class and of small and large numbers.
 * @param targets the class or the number of each row in `rows`
 */
export function foldRows(
  rows: readonly number[],
  targets: readonly (string | number)[],
  { number, of }: Fold,
  seed: number,
): FoldRows {
  const places = shuffled(
    rows.map((_, place) => place),
    seededRandom(seed, "folds"),
  ).sort((a, b) => compare(targets[a] ?? "", targets[b] ?? ""));
  const held = places.filter((_, turn) => turn % of === number).map((place) => rows[place] ?? -1);
  return apart(rows, new Set(held));
}

/** What is always trained on by time: on less, the first fold would measure how little was learnt, not the setting. */
const firstHalf = (count: number): number => Math.ceil(count / 2);

/**
 * Forward chaining: the later half of the rows is cut into `of` blocks, and each is measured on after training on all
 * rows before it. (Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., 5.10.)
 * @param ordered rows by ascending time
 */
export function foldByTime(ordered: readonly number[], { number, of }: Fold): FoldRows {
  const first = firstHalf(ordered.length);
  const edge = (block: number): number => first + Math.round((block * (ordered.length - first)) / of);
  const ascending = (a: number, b: number): number => a - b;
  return {
    train: ordered.slice(0, edge(number)).sort(ascending),
    held: ordered.slice(edge(number), edge(number + 1)).sort(ascending),
  };
}

/** What folds are made by, besides the rows. */
interface FoldPlan {
  task: { type: ModelType };
  fold?: Fold;
  seed: number;
  /** How the test rows are held out, whose rule the folds follow. */
  split?: SplitPlan | null;
}

/** Cells of all rows: of the target, and of the split's column where it names one. */
interface FoldCells {
  target: readonly (Cell | undefined)[];
  column: readonly (Cell | undefined)[];
}

/**
 * The fold in place of the test rows, which are left out altogether.
 * @throws TRAINING_DATA_UNUSABLE where rows have no time, or the training rows are one group
 */
export function withFold(split: Split, plan: FoldPlan, cells: FoldCells): Split {
  if (!plan.fold) return split;
  const { train, held } = foldOf(split.train, { ...plan, fold: plan.fold }, cells);
  return { ...split, train, test: held };
}

function foldOf(
  rows: readonly number[],
  { task, fold, seed, split }: FoldPlan & { fold: Fold },
  { target, column }: FoldCells,
): FoldRows {
  if (split?.kind === "TIME") {
    const wanted = new Set(rows);
    const ordered = rowsByTime(split.column ?? "", column).filter((row) => wanted.has(row));
    return foldByTime(ordered, fold);
  }
  if (split?.kind === "GROUP") {
    const groups = groupsOf(rows.map((row) => column[row]));
    const numbered = groups.map((places) => places.map((place) => rows[place] ?? -1));
    const held = fold.stratified
      ? heldGroupsStratified(numbered, (row) => categoryOf(target[row]) ?? "", fold, seed)
      : heldGroups(numbered, fold, seed);
    return apart(rows, new Set(held));
  }
  const targets = rows.map((row) =>
    predictsNumbers(task.type) ? (numberOf(target[row]) ?? 0) : (categoryOf(target[row]) ?? ""),
  );
  return foldRows(rows, targets, fold, seed);
}
