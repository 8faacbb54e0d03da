import { type Cell, numberOf } from "../cell.js";

/** ISO 8601 from the year on (`2024`, `2024-01`, `2024-01-31`, `2024-01-31T10:00`), `/` for `-`, and quarters (`2024-Q1`). */
const date =
  /^(\d{4})(?:[-/](?:Q([1-4])|(\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?(Z|[+-]\d{2}:?\d{2})?)?)?))?$/;

const minutesOf = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.replace(":", "");
  return Math.sign(Number(`${digits[0]}1`)) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5)));
};

/** Milliseconds of a date; null for anything else, the 31st of February included. */
function dateOf(text: string): number | null {
  const found = date.exec(text);
  if (!found) return null;
  const [, year = "", quarter, month, day, hour, minute, second, zone] = found;
  const first = quarter === undefined ? Number(month ?? 1) : Number(quarter) * 3 - 2;
  const [dayOfMonth, hours, minutes, seconds] = [day ?? 1, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const at = Date.UTC(Number(year), first - 1, dayOfMonth);
  const real = new Date(at);
  if (real.getUTCMonth() !== first - 1 || real.getUTCDate() !== dayOfMonth) return null;
  if ((hours ?? 0) > 24 || (minutes ?? 0) > 59 || (seconds ?? 0) > 60) return null;
  return at + (((hours ?? 0) * 60 + (minutes ?? 0) - minutesOf(zone)) * 60 + (seconds ?? 0)) * 1_000;
}

/** Where a cell stands in time: a date, or any number that counts up. Null for what is neither. */
export function timeOf(cell: Cell | undefined): number | null {
  const text = (cell ?? "").trim();
  return dateOf(text) ?? numberOf(text);
}

/** Whether all texts are dates; years alone are numbers, and so is everything else that a column may count. */
export const areDates = (texts: readonly string[]): boolean =>
  texts.length > 0 &&
  texts.every((text) => dateOf(text.trim()) !== null) &&
  texts.some((text) => numberOf(text) === null);

/** The first cell that is not after the one before, and in a sentence why; null where all are. */
export function timeFault(cells: readonly (Cell | undefined)[]): { row: number; message: string } | null {
  let before: number | null = null;
  for (const [row, cell] of cells.entries()) {
    const at = timeOf(cell);
    const shown = JSON.stringify((cell ?? "").slice(0, 40));
    if (at === null)
      return { row, message: `${shown} is no time. Use dates such as 2024-01-31, or numbers.` };
    if (before !== null && at === before)
      return { row, message: `${shown} repeats the time before it. ${one}` };
    if (before !== null && at < before)
      return {
        row,
        message: `${shown} is earlier than the time before it. Sort the rows by time, the oldest first.`,
      };
    before = at;
  }
  return null;
}

const one = "A dataset holds one series: one row for each time.";
