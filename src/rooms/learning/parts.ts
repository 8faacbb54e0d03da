import type { Cell } from "./cell.js";
import { unusable } from "./errors.js";
import { leastTrainingRows } from "./learning.limits.js";
import type { LearningPlan } from "./plan.js";
import { columnCells } from "./preprocessing.js";
import { withFold } from "./search/folds.js";
import { splitSeries, withHistory } from "./series/index.js";
import { defaultTestFraction, type Split, splitByPlan, splitRows } from "./split.js";
import { predictsNumbers } from "./model-types.js";
import { hasTarget } from "./target.js";
import type { LearningTask, Table } from "./task.js";

/** Rows for the metrics, with their places in the dataset. */
export interface HeldOut extends Table {
  places: readonly number[];
}

/** The rows of a training by what they are for. */
export interface Parts {
  train: Table;
  /** May be empty. */
  validation: Table;
  test: HeldOut;
  /** How many rows each part has of its own; `dropped` rows had no target. */
  rows: { train: number; validation: number; test: number; dropped: number };
}

const pick = (table: Table, numbers: readonly number[]): Table => ({
  columns: table.columns,
  rows: numbers.map((number) => table.rows[number] ?? []),
});

/** The rows of a part; of a series with those before them, which its forecasts are made from. */
const partOf = ({ type }: LearningTask, table: Table, numbers: readonly number[]): Table =>
  type === "TIME_SERIES" ? withHistory(table, numbers) : pick(table, numbers);

/** Cells of the column that says when rows were, or which belong together; empty where none does. */
const splitColumn = (table: Table, split: LearningPlan["split"]): (Cell | undefined)[] =>
  split && split.column !== null ? columnCells(table, split.column, "split.column") : [];

/** How rows are dealt out, whatever is in them. */
export function splitOf(
  table: Table,
  { task, split, seed }: LearningPlan,
  target: readonly (Cell | undefined)[],
  validationSplit: number,
): Split {
  const count = table.rows.length;
  if (!split) return splitRows(count, { testFraction: defaultTestFraction, validationSplit, seed });
  const cells = { target, numbers: predictsNumbers(task.type), column: splitColumn(table, split) };
  return splitByPlan(split, cells, { validationSplit, seed });
}

function checkEnough({ train, test }: Pick<Split, "train" | "test">, target: string | null): void {
  if (train.length >= leastTrainingRows && test.length > 0) return;
  const those = target === null ? "are there" : "have a target";
  const message = `Only ${train.length} training and ${test.length} test rows ${those}; at least ${leastTrainingRows} and 1 are needed.`;
  throw unusable(target === null ? "rows" : "target", message);
}

/** The parts without rows that lack a target. The split comes first: a row's part does not depend on whether it has one. */
function usableSplit(table: Table, plan: LearningPlan, validationSplit: number): Split & { dropped: number } {
  const { type, target } = plan.task;
  if (type === "TIME_SERIES") return splitSeries(table, plan.task, validationSplit);
  const cells = target === null ? null : columnCells(table, target);
  const split = splitOf(table, plan, cells ?? table.rows.map(() => null), validationSplit);
  const usable = (numbers: number[]): number[] =>
    numbers.filter((number) => cells === null || hasTarget(type, cells[number]));
  const whole = {
    train: usable(split.train),
    validation: usable(split.validation),
    test: usable(split.test),
  };
  // Of a fold as well: a search would end without a winner, as that is measured on the rows held out from it.
  checkEnough(whole, target);
  const parts =
    cells === null || !plan.fold
      ? whole
      : withFold(whole, plan, { target: cells, column: splitColumn(table, plan.split) });
  checkEnough(parts, target);
  const left = parts.train.length + parts.validation.length + parts.test.length;
  return { ...parts, dropped: table.rows.length - left };
}

/** @throws TRAINING_DATA_UNUSABLE where too few rows are left to learn from or to measure by */
export function partsOf(table: Table, plan: LearningPlan, validationSplit: number): Parts {
  const { dropped, ...split } = usableSplit(table, plan, validationSplit);
  return {
    train: partOf(plan.task, table, split.train),
    validation: partOf(plan.task, table, split.validation),
    test: { ...partOf(plan.task, table, split.test), places: split.test },
    rows: {
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      dropped,
    },
  };
}
