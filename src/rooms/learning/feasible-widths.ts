import type { ColumnKind } from "./cell.js";
import { mostCategories } from "./features.js";
import { leavesOutNearlyUnique } from "./fit-feature.js";

/** What a profile tells of one column before any row is read. */
export interface ColumnFacts {
  /** Rows without a value. */
  missing: number;
  /** Different values; null where they were too many to count. */
  distinct: number | null;
  /** Rows of the most frequent values, one number a value; it need not name all of them. */
  counts: readonly number[];
}

/** How many inputs a column gives at the least, whichever of its rows are the ones held out. */
export function leastWidth(kind: ColumnKind, facts: ColumnFacts, rowCount: number, heldOut: number): number {
  const seen = rowCount - facts.missing - heldOut;
  // Texts of different words have no term in common, and how many they have nobody has counted.
  if (kind === "TEXT" || seen <= 0) return 0;
  // The value that says "missing", which only a training row without a value brings about.
  const missing = Number(facts.missing > heldOut);
  if (kind !== "CATEGORY") return 1 + missing;
  if (facts.distinct === null || leavesOutNearlyUnique(facts.distinct, seen)) return 0;
  return Math.min(mostCategories, leastDistinct(facts, heldOut)) + missing;
}

/** How many inputs a column gives at the most; what becomes of free text is not known before it is read. */
export function mostWidth(kind: ColumnKind, facts: ColumnFacts): number {
  if (kind === "TEXT") return Number.POSITIVE_INFINITY;
  const missing = Number(facts.missing > 0);
  return missing + (kind === "CATEGORY" ? Math.min(mostCategories, facts.distinct ?? mostCategories) : 1);
}

/** Different values that training rows have at the least: the held-out rows may hold the rarest ones whole. */
export function leastDistinct({ distinct, counts }: ColumnFacts, heldOut: number): number {
  if (distinct === null) return 0;
  // Of values whose rows nobody counted, each may be in a single row.
  const uncounted = Math.max(0, distinct - counts.length);
  let left = heldOut - uncounted;
  if (left < 0) return distinct - heldOut;
  const lost = counts.toSorted((a, b) => a - b).findIndex((count) => (left -= count) < 0);
  return lost < 0 ? 0 : distinct - uncounted - lost;
}
