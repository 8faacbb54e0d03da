import { badInput } from "../../kernel/errors.js";
import type { TableProfile } from "../datasets/index.js";
import {
  type Fold,
  foldsFor,
  leastSearchRows,
  type LearningTask,
  type SplitPlan,
  splitSizes,
} from "../learning/index.js";
import { drawnBy, splitFor, type SplitInput } from "../training/index.js";

/** Which rows no trial sees, and how the others take turns. */
export interface HeldOut {
  /** Null is every fourth row. */
  split: SplitPlan | null;
  /** Rows that the winner is trained on; of groups, whose sizes nobody knows yet, as many as were asked for. */
  trainingRows: number;
  folds: Fold[];
}

/** Of two groups one would be held out, and the other can't be on both sides of a fold. */
const leastGroups = 3;

/** Throws BAD_USER_INPUT with places below `split`, and at `datasetId` for too few rows. */
export function heldOutOf(
  input: SplitInput | null | undefined,
  task: LearningTask,
  profile: TableProfile,
  seed: number,
): HeldOut {
  const split = input ? drawnBy(splitFor(input, task, profile), seed) : null;
  const { rowCount } = profile;
  checkRows(rowCount, split);
  const groups = split?.kind === "GROUP" ? groupsIn(profile, split) : null;
  const trainingRows =
    split?.kind === "GROUP"
      ? Math.round(rowCount * (1 - split.testFraction))
      : splitSizes(rowCount, 0, split).train;
  // At least one group is held out for the metrics.
  const folds = foldsFor(trainingRows, split?.kind ?? null, groups === null ? undefined : groups - 1);
  return { split, trainingRows, folds };
}

function checkRows(rowCount: number, split: SplitPlan | null): void {
  const least = leastSearchRows(split);
  if (rowCount >= least) return;
  throw badInput(
    "datasetId",
    `The dataset has ${rowCount} rows. A search trains on parts of the training rows and measures on the others, for which it needs ${least} at the least. Send a dataset with more rows.`,
  );
}

/** How many groups there are; null where they are too many to have been counted. Throws BAD_USER_INPUT. */
function groupsIn({ columns }: TableProfile, { column }: SplitPlan): number | null {
  const facts = columns.find(({ name }) => name === column);
  if (!facts || facts.distinct === null) return null;
  // Rows without a value are a group of their own.
  const groups = facts.distinct + Number(facts.missing > 0);
  if (groups >= leastGroups) return groups;
  throw badInput(
    "split.column",
    `A search needs ${leastGroups} groups: one that is held out, and two that take turns. ${JSON.stringify(column)} has ${groups}. Name another column.`,
  );
}
