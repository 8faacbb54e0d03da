import { type Cell, categoryOf, numberOf } from "../cell.js";
import { seededRandom, shuffled } from "../random.js";
import type { Split } from "../split.js";
import { type ModelType, predictsNumbers } from "../model-types.js";

/** One of `of` parts of the training rows, which is measured on while the others train; `number` counts from 0. */
export interface Fold {
  number: number;
  of: number;
}

/** Below this many training rows one held-out part decides nothing: on 15 rows a lucky one is worth six per cent. */
export const fewRows = 1_000;
const folds = 5;

/** The folds that a setting is scored on: all of them for few rows; for many one fifth of the rows says enough. */
export const foldsFor = (trainingRows: number): Fold[] =>
  Array.from({ length: trainingRows < fewRows ? folds : 1 }, (_, number) => ({ number, of: folds }));

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

/**
 * Training rows apart from those of a fold, both ascending. Rows are dealt out in the order of their targets after a
 * shuffle by seed, so that each fold has its share of every class and of small and large numbers.
 * @param targets the class or the number of each row in `rows`
 */
export function foldRows(
  rows: readonly number[],
  targets: readonly (string | number)[],
  { number, of }: Fold,
  seed: number,
): { train: number[]; held: number[] } {
  const places = shuffled(
    rows.map((_, place) => place),
    seededRandom(seed, "folds"),
  ).sort((a, b) => compare(targets[a] ?? "", targets[b] ?? ""));
  const held = new Set(places.filter((_, turn) => turn % of === number));
  const part = (isHeld: boolean) => rows.filter((_, place) => held.has(place) === isHeld);
  return { train: part(false), held: part(true) };
}

/** The fold in place of the test rows, which are left out altogether. `cells` are the targets of all rows. */
export function withFold(
  split: Split,
  { task, fold, seed }: { task: { type: ModelType }; fold?: Fold; seed: number },
  cells: readonly (Cell | undefined)[],
): Split {
  if (!fold) return split;
  const targets = split.train.map((row) =>
    predictsNumbers(task.type) ? (numberOf(cells[row]) ?? 0) : (categoryOf(cells[row]) ?? ""),
  );
  const { train, held } = foldRows(split.train, targets, fold, seed);
  return { ...split, train, test: held };
}
