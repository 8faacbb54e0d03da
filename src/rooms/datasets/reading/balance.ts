import { badInput } from "../../../kernel/errors.js";
import type { NumberSummary } from "./moments.js";
import { type CategoryCount, ColumnKind, type ColumnProfile, type TableProfile } from "./profile.js";

export interface ClassShare extends CategoryCount {
  /** Part of the rows that have a target, 0 to 1. */
  share: number;
}

/**
 * How a column is distributed as a target. `classes` for a class target, the numbers for a regression target; both for
 * whole numbers with few values, which can be either; neither for texts.
 */
export interface TargetBalance extends NumberSummary {
  column: string;
  kind: ColumnKind;
  /** Rows without a target; they can't be learnt from. */
  missing: number;
  /** At most 50, by descending count; null for a column that names no classes. */
  classes: ClassShare[] | null;
  /** Whether `classes` holds every class. */
  complete: boolean;
  /** Count of the most frequent class by that of the rarest, from 1; null unless every class is known. */
  imbalanceRatio: number | null;
}

/**
 * @throws BAD_USER_INPUT at `column` when the table has no such column.
 */
export function targetBalance(profile: TableProfile, name: string): TargetBalance {
  const column = profile.columns.find((column) => column.name === name);
  if (!column) throw noColumn(profile, name);
  const { kind, missing, minimum, maximum, mean, standardDeviation } = column;
  const classes = classesOf(column, profile.rowCount - missing);
  const complete = classes !== null && classes.length === column.distinct;
  const imbalanceRatio = complete ? ratio(classes) : null;
  return {
    column: name,
    kind,
    missing,
    minimum,
    maximum,
    mean,
    standardDeviation,
    classes,
    complete,
    imbalanceRatio,
  };
}

function classesOf(column: ColumnProfile, present: number): ClassShare[] | null {
  if (column.categories.length === 0 && column.kind !== ColumnKind.EMPTY) return null;
  return column.categories.map(({ value, count }) => ({ value, count, share: count / present }));
}

function ratio(classes: ClassShare[]): number | null {
  const [most, least] = [classes.at(0), classes.at(-1)];
  return most && least ? most.count / least.count : null;
}

// A table may have 2,000 columns: the first few show the caller what the names look like.
function noColumn(profile: TableProfile, name: string): Error {
  const names = profile.columns.slice(0, 20).map((column) => column.name);
  const others = profile.columns.length > names.length ? ", …" : "";
  return badInput("column", `There is no column “${name}”. Columns: ${names.join(", ")}${others}.`, {
    column: name,
  });
}
