import { type Cell, numberOf } from "./cell.js";

/**
 * ISO 8601 from the year on (`2024`, `2024-01`, `2024-01-31`, `2024-01-31T10:00`), `/` for `-`, and quarters (`2024-Q1`).
 * Anything else, as `1.3.2024`, would be guessed at.
 */
const date =
  /^(\d{4})(?:[-/](?:Q([1-4])|(\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?))?$/;

const minutesOf = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.replace(":", "");
  return Math.sign(Number(`${digits[0]}1`)) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5)));
};

/** Milliseconds since 1970, in UTC unless a zone is named; null for what is no date, the 31st of February included. */
export function dateOf(cell: Cell | undefined): number | null {
  const found = date.exec((cell ?? "").trim());
  if (!found) return null;
  const [, year = "", quarter, month, day, hour, minute, second, zone] = found;
  const first = quarter === undefined ? Number(month ?? 1) : Number(quarter) * 3 - 2;
  const [dayOfMonth, hours, minutes, seconds] = [
    day ?? 1,
    hour ?? 0,
    minute ?? 0,
    second?.replace(",", ".") ?? 0,
  ].map(Number);
  const at = Date.UTC(Number(year), first - 1, dayOfMonth);
  const real = new Date(at);
  if (real.getUTCMonth() !== first - 1 || real.getUTCDate() !== dayOfMonth) return null;
  if ((hours ?? 0) > 24 || (minutes ?? 0) > 59 || (seconds ?? 0) > 60) return null;
  return at + (((hours ?? 0) * 60 + (minutes ?? 0) - minutesOf(zone)) * 60 + (seconds ?? 0)) * 1_000;
}

/** Where a cell stands in time: a date, or any number that counts up. Null for what is neither. */
export function timeOf(cell: Cell | undefined): number | null {
  return dateOf(cell) ?? numberOf((cell ?? "").trim());
}

/** Whether all texts are dates; years alone are numbers, and so is everything else that a column may count. */
export const areDates = (texts: readonly string[]): boolean =>
  texts.length > 0 &&
  texts.every((text) => dateOf(text) !== null) &&
  texts.some((text) => numberOf(text) === null);
