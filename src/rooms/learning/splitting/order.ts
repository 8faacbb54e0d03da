import { type Cell, categoryOf, numberOf } from "../cell.js";
import { unusable } from "../errors.js";

/** ISO 8601 from the month on, with a blank for the T as databases write it; anything else would be guessed at. */
const isoTime = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?$/;

/** Milliseconds since 1970 of a date as ISO 8601 writes it, in UTC unless it names a zone; null for anything else. */
export function timeOf(cell: Cell | undefined): number | null {
  const text = categoryOf(cell);
  if (text === null || !isoTime.test(text)) return null;
  const [day = "", clock] = text.split(/[T ]/);
  const zoned = clock === undefined || /(Z|[+-]\d{2}(:?\d{2})?)$/.test(clock) ? clock : `${clock}Z`;
  const whole = zoned?.replace(",", ".").replace(/([+-]\d{2})$/, "$1:00");
  const time = Date.parse(whole === undefined ? day : `${day}T${whole}`);
  return Number.isNaN(time) ? null : time;
}

/**
 * Row numbers by ascending time; rows of one time stay in their order.
 * @throws TRAINING_DATA_UNUSABLE where a row has neither a number nor a date, or some have one and some the other
 */
export function rowsByTime(column: string, cells: readonly (Cell | undefined)[]): number[] {
  const readers = [numberOf, timeOf];
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
