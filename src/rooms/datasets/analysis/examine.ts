import { badInput } from "../../../kernel/errors.js";
import type { ColumnProfile, Row, Table, TableProfile } from "../reading/index.js";
import { hashCell, type HashPair, HashTally, join, keyOf } from "./cell-hash.js";
import { ColumnWatch, WatchBudget } from "./column-watch.js";
import { NumberWatch } from "./number-watch.js";
import { type DatasetWarning, heldOut, WarningCode } from "./warning.js";

const inTraining = 1;
const inTest = 2;
/** A column is nearly unique from this part of its cells on, and from so many rows. */
const uniqueShare = 0.98;
const leastForUnique = 20;

/** Numbers with a fraction and texts of words are different in every row by their nature. */
const couldBeIdentifier = ({ kind, integer, examples }: ColumnProfile): boolean =>
  kind === "TEXT" ? examples.every((text) => !/\s/.test(text)) : kind === "NUMBER" && integer;

/**
 * Reads a table once and tells what would mislead a training on it; exact but for hashes of 64 bits. Memory: 18 to 36
 * bytes a row for duplicates, the same a cell for columns that may be identifiers (2 million cells at most: of wider
 * tables the first such columns), and a thousand values a column, half a million in all, for what determines the target.
 *
 * @throws BAD_USER_INPUT at `target` for a column that is not there, and what the table's batches throw.
 */
export async function examineTable(
  table: Table,
  profile: TableProfile,
  target: string,
): Promise<DatasetWarning[]> {
  const examination = new Examination(profile, target);
  for await (const batch of table.batches) for (const row of batch) examination.add(row);
  return examination.warnings();
}

const rowsRepeat = (count: number): string => (count === 1 ? "1 row repeats" : `${count} rows repeat`);

class Examination {
  readonly #watches: ColumnWatch[];
  /** One a column that holds texts, and null for the others. */
  readonly #numbers: (NumberWatch | null)[];
  readonly #rows: HashTally;
  readonly #target: number;
  #row = 0;
  #duplicates = 0;
  #across = 0;

  constructor(
    private readonly profile: TableProfile,
    target: string,
  ) {
    const { columns, rowCount } = profile;
    this.#target = columns.findIndex(({ name }) => name === target);
    if (this.#target < 0) throw badInput("target", `There is no column ${JSON.stringify(target)}.`);
    const budget = new WatchBudget();
    const uniqueRows = (column: ColumnProfile): number | null =>
      rowCount >= leastForUnique && couldBeIdentifier(column) ? rowCount - column.missing : null;
    this.#watches = columns.map((column) => new ColumnWatch(column.name, budget, uniqueRows(column)));
    this.#numbers = columns.map(({ kind }) =>
      kind === "TEXT" || kind === "CATEGORY" ? new NumberWatch() : null,
    );
    this.#rows = new HashTally(rowCount);
  }

  add(row: Row): void {
    const target = row[this.#target] ?? null;
    const targetKey = target === null ? null : keyOf(hashCell(target));
    const whole: HashPair = { high: 3, low: 4 };
    this.#watches.forEach((watch, index) => join(whole, watch.add(row[index] ?? null, targetKey)));
    this.#numbers.forEach((watch, index) => watch?.add(row[index] ?? null));
    this.#noteRow(keyOf(whole));
    this.#row += 1;
  }

  /** Counts a test row that training rows repeat, and a training row that repeats a test row before it. */
  #noteRow(key: number): void {
    const side = heldOut(this.#row) ? inTest : inTraining;
    const before = this.#rows.note(key, side);
    if (before === 0) return;
    this.#duplicates += 1;
    if ((before & ~side) !== 0) this.#across += 1;
  }

  warnings(): DatasetWarning[] {
    return [
      ...this.#leaks(),
      ...this.#repeats(),
      ...this.#poor(),
      ...this.#mixed(),
      ...this.#duplicateRows(),
    ];
  }

  *#leaks(): Generator<DatasetWarning> {
    const target = this.#watches[this.#target];
    for (const watch of this.#watches) {
      const how = watch === target ? null : watch.determines;
      const { name: column } = watch;
      if (how === "repeats")
        yield {
          code: WarningCode.REPEATS_TARGET,
          column,
          rows: watch.present,
          message: `“${column}” is the target in other words: each of its values stands for one value of “${target?.name}”. Leave it out of the features.`,
        };
      else if (how === "determines")
        yield {
          code: WarningCode.DETERMINES_TARGET,
          column,
          rows: watch.present,
          message: `Every value of “${column}” goes with one value of “${target?.name}” only. Leave it out if it is not known before the target is.`,
        };
    }
  }

  /** By sequence; a column that repeats the target exactly is a leak and told already, unless it has no classes. */
  *#repeats(): Generator<DatasetWarning> {
    const first = new Map<string, string>();
    for (const { name: column, sequence, present } of this.#watches) {
      if (present === 0) continue;
      const key = `${sequence.high}:${sequence.low}`;
      const original = first.get(key);
      if (original === undefined) first.set(key, column);
      else
        yield {
          code: WarningCode.REPEATS_COLUMN,
          column,
          rows: null,
          message: `“${column}” repeats “${original}” in every row. Leave one of them out.`,
        };
    }
  }

  *#poor(): Generator<DatasetWarning> {
    for (const [index, { name: column, kind, distinct, missing }] of this.profile.columns.entries()) {
      const watch = this.#watches[index];
      const present = this.profile.rowCount - missing;
      if (kind === "EMPTY" || (distinct === 1 && missing === 0))
        yield {
          code: WarningCode.CONSTANT_COLUMN,
          column,
          rows: null,
          message: `“${column}” has ${kind === "EMPTY" ? "no value in any row" : "the same value in every row"} and teaches nothing.`,
        };
      else if (
        index !== this.#target &&
        !this.#numbers[index]?.slips &&
        present >= leastForUnique &&
        (watch?.distinct ?? 0) >= present * uniqueShare
      )
        yield {
          code: WarningCode.NEARLY_UNIQUE,
          column,
          rows: watch?.distinct ?? null,
          message: `“${column}” is different in nearly every row, as an identifier is. A model learns rows by heart from it; leave it out.`,
        };
    }
  }

  *#mixed(): Generator<DatasetWarning> {
    for (const [index, watch] of this.#numbers.entries()) {
      const slips = watch?.slips;
      const { name: column = "", kind } = this.profile.columns[index] ?? {};
      if (!slips) continue;
      const { count, present, text, row } = slips;
      yield {
        code: WarningCode.NOT_ALL_NUMBERS,
        column,
        rows: count,
        message:
          `“${column}” counts as ${kind}, since ${count} of its ${present} values are no numbers; ` +
          `the first is “${text.slice(0, 40)}” in row ${row}. Correct them, or write NA where a number is not known.`,
      };
    }
  }

  *#duplicateRows(): Generator<DatasetWarning> {
    if (this.#duplicates > 0)
      yield {
        code: WarningCode.DUPLICATE_ROWS,
        column: null,
        rows: this.#duplicates,
        message: `${rowsRepeat(this.#duplicates)} an earlier row in every column. Remove duplicates, unless they are different cases that are alike.`,
      };
    if (this.#across > 0)
      yield {
        code: WarningCode.DUPLICATES_ACROSS_SPLIT,
        column: null,
        rows: this.#across,
        message: `${rowsRepeat(this.#across)} a row of the other part of the default split, so the test knows what the training saw. Remove duplicates.`,
      };
  }
}
