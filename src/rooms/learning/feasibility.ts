import { type Architecture, parameterFault, suitableArchitecture } from "./architecture.js";
import type { ColumnKind } from "./cell.js";
import { leavesOutNearlyUnique, mostCategories } from "./features.js";
import { leastTrainingRows, mostInputValues } from "./learning.limits.js";
import type { LearningTask } from "./preprocessing.js";
import { splitSizes } from "./split.js";

/** What a profile tells of one column before any row is read. */
export interface ColumnFacts {
  /** Rows without a value. */
  missing: number;
  /** Different values; null where they were too many to count. */
  distinct: number | null;
  /** Rows of the most frequent values, one number a value; it need not name all of them. */
  counts: readonly number[];
}

export interface FeasibilityPlan {
  task: LearningTask;
  /** Null is one that suits the data. */
  architecture: Architecture | null;
  validationSplit: number;
}

/** What makes a training impossible, and why, in a sentence for the caller. */
export interface Infeasible {
  at: "rows" | "features" | "architecture";
  message: string;
}

/**
 * Says of a training that it is bound to fail, from counts alone. Which rows are held out is known but not what is in
 * them, so every number is the one most favourable to the training: what could succeed is never refused, and what is
 * let through may still end with TRAINING_DATA_UNUSABLE.
 */
export function infeasibility(
  plan: FeasibilityPlan,
  rowCount: number,
  factsOf: (column: string) => ColumnFacts,
): Infeasible | null {
  const target = factsOf(plan.task.target);
  const sizes = splitSizes(rowCount, plan.validationSplit);
  const tooFew = rowFault(sizes, rowCount - target.missing);
  if (tooFew !== null) return { at: "rows", message: tooFew };
  const empty = plan.task.features.every(({ column }) => factsOf(column).missing >= rowCount);
  if (empty) return { at: "features", message: onlyEmpty };
  const training = Math.max(0, sizes.train - target.missing);
  const heldOut = rowCount - training;
  const inputs = plan.task.features.reduce(
    (sum, { column, kind }) => sum + leastWidth(kind, factsOf(column), rowCount, heldOut),
    0,
  );
  if (inputs * rowCount > mostInputValues) return { at: "rows", message: tooLarge(inputs, rowCount) };
  const outputs = plan.task.type === "REGRESSION" ? 1 : Math.max(2, leastDistinct(target, heldOut));
  const architecture = plan.architecture ?? suitableArchitecture(plan.task.type, training, inputs);
  const message = parameterFault(architecture, Math.max(1, inputs), outputs);
  return message === null ? null : { at: "architecture", message };
}

function rowFault({ train, test }: { train: number; test: number }, present: number): string | null {
  const [most, measured] = [Math.min(train, present), Math.min(test, present)];
  if (most >= leastTrainingRows && measured >= 1 && present > leastTrainingRows) return null;
  return (
    `Of the rows with a target, at most ${most} are left to learn from and ${measured} to measure by; ` +
    `at least ${leastTrainingRows} and 1 are needed. Send a dataset with more rows.`
  );
}

const onlyEmpty =
  "None of the features can be used: a column without values says nothing. " +
  "Send a dataset with columns of numbers, truth values, categories or texts.";

const tooLarge = (inputs: number, rows: number): string =>
  `${rows} rows of at least ${inputs} inputs are more than ${mostInputValues} values. Use fewer features or a sample of the rows.`;

/** How many inputs a column gives at the least, whichever of its rows are the ones held out. */
function leastWidth(kind: ColumnKind, facts: ColumnFacts, rowCount: number, heldOut: number): number {
  const seen = rowCount - facts.missing - heldOut;
  // Texts of different words have no term in common, and how many they have nobody has counted.
  if (kind === "TEXT" || seen <= 0) return 0;
  // The value that says "missing", which only a training row without a value brings about.
  const missing = Number(facts.missing > heldOut);
  if (kind !== "CATEGORY") return 1 + missing;
  if (facts.distinct === null || leavesOutNearlyUnique(facts.distinct, seen)) return 0;
  return Math.min(mostCategories, leastDistinct(facts, heldOut)) + missing;
}

/** Different values that training rows have at the least: the held-out rows may hold the rarest ones whole. */
function leastDistinct({ distinct, counts }: ColumnFacts, heldOut: number): number {
  if (distinct === null) return 0;
  // Of values whose rows nobody counted, each may be in a single row.
  const uncounted = Math.max(0, distinct - counts.length);
  let left = heldOut - uncounted;
  if (left < 0) return distinct - heldOut;
  const lost = counts.toSorted((a, b) => a - b).findIndex((count) => (left -= count) < 0);
  return lost < 0 ? 0 : distinct - uncounted - lost;
}
