import { type Cell, categoryOf, numberOf } from "../cell.js";

/** Fewer rows than this in a bin of numbers, and which of them are held out is chance again. */
const rowsOfBin = 8;
const mostBins = 10;

/** Rows that are alike in the target: of one class, or with numbers between the same quantiles. */
export function strataOf(cells: readonly (Cell | undefined)[], numbers: boolean): number[][] {
  return numbers ? quantileBins(cells) : groupsOf(cells);
}

/** Rows by value in the order of first appearance; those without a value are a group of their own. */
export function groupsOf(cells: readonly (Cell | undefined)[]): number[][] {
  const groups = new Map<string | null, number[]>();
  cells.forEach((cell, row) => {
    const value = categoryOf(cell);
    const group = groups.get(value);
    if (group) group.push(row);
    else groups.set(value, [row]);
  });
  return [...groups.values()];
}

function quantileBins(cells: readonly (Cell | undefined)[]): number[][] {
  const values = cells.map(numberOf);
  const rows = cells.map((_, row) => row);
  const sorted = rows
    .filter((row) => values[row] !== null)
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const count = Math.max(1, Math.min(mostBins, Math.floor(sorted.length / rowsOfBin)));
  const bins = Array.from({ length: count }, (_, bin) =>
    sorted.slice(Math.round((bin * sorted.length) / count), Math.round(((bin + 1) * sorted.length) / count)),
  );
  return [...bins, rows.filter((row) => values[row] === null)].filter((bin) => bin.length > 0);
}
