import type { Cell } from "../cell.js";
import { timeOf } from "../dates.js";

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
