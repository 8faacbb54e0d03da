import { type Cell, numberOf } from "../cell.js";
import { dateOf } from "../dates.js";
import { unusable } from "../errors.js";

/**
 * Row numbers by ascending time; rows of one time stay in their order.
 * @throws TRAINING_DATA_UNUSABLE where a row has neither a number nor a date, or some have one and some the other
 */
export function rowsByTime(column: string, cells: readonly (Cell | undefined)[]): number[] {
  const readers = [numberOf, dateOf];
  for (const read of readers) {
    const times = cells.map(read);
    if (times.every((time) => time !== null))
      return cells.map((_, row) => row).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  }
  const row = cells.findIndex((cell) => readers.every((read) => read(cell) === null));
  const where = row < 0 ? "Some rows hold numbers and some hold dates" : `Row ${row + 1} holds neither`;
  const message = `Rows can't be put in order by ${JSON.stringify(column)}: every row needs a number, or every row a date such as 2024-12-31. ${where}.`;
  throw unusable("split.column", message);
}
