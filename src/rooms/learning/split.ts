import type { Cell } from "./cell.js";
import { seededRandom } from "./random.js";
import {
  holdOutGroups,
  holdOutLast,
  holdOutRandom,
  holdOutStratified,
  type Parts,
} from "./splitting/hold-out.js";
import { rowsByTime } from "./splitting/order.js";
import { defaultTestFraction, type SplitPlan } from "./splitting/plan.js";
import { groupsOf, strataOf } from "./splitting/strata.js";

export { defaultTestFraction } from "./splitting/plan.js";

/** Row numbers (from 0) in ascending order; no number is in two parts. */
export interface Split {
  train: number[];
  validation: number[];
  test: number[];
}

interface SplitOptions {
  /** Part of all rows held out for the metrics, 0 < f < 1. */
  testFraction: number;
  /** Part of the training rows held out for live validation, 0 ≤ f < 1. */
  validationSplit: number;
  seed: number;
}

/** The rows that the default split holds out, whatever the seed: the fairest to ask a model about that never saw any. */
export const heldOutRows = (count: number): number[] =>
  Array.from({ length: Math.floor(count / 4) }, (_, quarter) => quarter * 4 + 3);

/** How many rows each part has, without drawing it; of groups, whose sizes nobody knows yet, the most that it can have. */
export function splitSizes(
  count: number,
  validationSplit: number,
  plan: SplitPlan | null = null,
): Record<keyof Split, number> {
  if (plan?.kind === "GROUP") return { train: count - 1, validation: count - 1, test: count - 1 };
  const test = plan ? Math.round(count * plan.testFraction) : Math.floor(count / 4);
  const validation = Math.round((count - test) * validationSplit);
  return { train: count - test - validation, validation, test };
}

/**
 * The default quarter is every fourth row (i % 4 == 3), whatever the seed: the split that published reference scores
 * use, and one that stays put when a model is trained again with another seed. Other fractions are drawn by seed.
 */
export function splitRows(count: number, options: SplitOptions): Split {
  const all = Array.from({ length: count }, (_, row) => row);
  const { testFraction, validationSplit, seed } = options;
  const [rest, test] =
    testFraction === defaultTestFraction
      ? [all.filter((row) => row % 4 !== 3), all.filter((row) => row % 4 === 3)]
      : holdOutRandom(all, testFraction, seededRandom(seed, "test"));
  const [train, validation] =
    validationSplit > 0 ? holdOutRandom(rest, validationSplit, seededRandom(seed, "validation")) : [rest, []];
  return { train, validation, test };
}

/** What a planned split reads. */
export interface SplitCells {
  /** Cells of the target, row by row, and whether they are numbers. */
  target: readonly (Cell | undefined)[];
  numbers: boolean;
  /** Cells of the plan's column; empty where it names none. */
  column: readonly (Cell | undefined)[];
}

/**
 * Holds out by a plan; the validation rows follow the same rule among the rows that are left.
 * @throws TRAINING_DATA_UNUSABLE where a split by time meets a row without one
 */
export function splitByPlan(
  plan: SplitPlan,
  cells: SplitCells,
  { validationSplit, seed }: Omit<SplitOptions, "testFraction">,
): Split {
  const drawn = plan.seed ?? seed;
  const holdOut = ruleOf(plan, cells);
  const all = cells.target.map((_, row) => row);
  const [rest, test] = holdOut(all, plan.testFraction, seededRandom(drawn, "test"));
  const [train, validation] =
    validationSplit > 0 ? holdOut(rest, validationSplit, seededRandom(drawn, "validation")) : [rest, []];
  return { train, validation, test };
}

type Rule = (rows: readonly number[], fraction: number, random: () => number) => Parts;

function ruleOf({ kind, column }: SplitPlan, cells: SplitCells): Rule {
  if (kind === "RANDOM") return holdOutRandom;
  if (kind === "TIME") return lastOf(rowsByTime(column ?? "", cells.column));
  if (kind === "GROUP") return among(groupsOf(cells.column), holdOutGroups);
  return among(strataOf(cells.target, cells.numbers), holdOutStratified);
}

const lastOf =
  (ordered: readonly number[]): Rule =>
  (rows, fraction) => {
    const wanted = new Set(rows);
    return holdOutLast(
      ordered.filter((row) => wanted.has(row)),
      fraction,
    );
  };

type GroupRule = (groups: readonly (readonly number[])[], fraction: number, random: () => number) => Parts;

const among =
  (groups: readonly (readonly number[])[], rule: GroupRule): Rule =>
  (rows, fraction, random) => {
    const wanted = new Set(rows);
    const left = groups.map((group) => group.filter((row) => wanted.has(row)));
    return rule(
      left.filter(({ length }) => length > 0),
      fraction,
      random,
    );
  };
