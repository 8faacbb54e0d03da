import { BadUserInput, badInput } from "../../kernel/errors.js";
import { cellOf, type JsonCell, type JsonRow, numberOf } from "./cell.js";

/**
 * A prediction thread that runs out of heap takes the whole process with it (Node can't end a thread gracefully in the
 * middle of parsing), so what one request may hold is bounded before it gets there. A text may be as long as a cell of a
 * dataset, or a row that a model learnt from could not be asked about; a request of such texts has fewer rows.
 */
export const rowLimits = { rows: 1_000, cells: 10_000, textLength: 64 * 1024, requestBytes: 4 * 2 ** 20 };

export interface Fault {
  path: string;
  message: string;
}

/** More places than these help nobody, and a hostile request must not be answered with a larger one. */
export const mostFaults = 20;
const pathLength = 200;

export const placeOf = (row: number, column: string): string => `rows.${row}.${column}`.slice(0, pathLength);

function cellFault(value: unknown, textLength: number): string | null {
  if (value === null || value === undefined || typeof value === "boolean") return null;
  if (typeof value === "string") {
    return value.length <= textLength
      ? null
      : `A text may be at most ${textLength.toLocaleString("en")} characters long.`;
  }
  if (typeof value === "number") return Number.isFinite(value) ? null : "A number must be finite.";
  return "A value must be a string, a number, a boolean or null.";
}

/** Faults of one row; what it weighs as text, roughly, is added to `size`: punctuation counts a few characters. */
function rowFaults(row: unknown, path: string, size: { bytes: number }, textLength: number): Fault[] {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return [{ path, message: "A row must be an object of column names and values." }];
  }
  const cells = row as Record<string, unknown>;
  const columns = Object.keys(row);
  if (columns.length > rowLimits.cells)
    return [{ path, message: `A row may have at most ${rowLimits.cells} values.` }];
  const faults: Fault[] = [];
  for (const column of columns) {
    const value = cells[column];
    size.bytes += column.length + (typeof value === "string" ? value.length : 8) + 6;
    const message = cellFault(value, textLength);
    if (message) faults.push({ path: `${path}.${column}`.slice(0, pathLength), message });
  }
  return faults;
}

/** @throws BAD_USER_INPUT where there is a fault */
export function refuse(faults: Fault[]): void {
  const [first] = faults;
  if (first)
    throw new BadUserInput(`${first.path}: ${first.message}`, { fields: faults.slice(0, mostFaults) });
}

/** Checks rows of a request before they cost anything more. @throws BAD_USER_INPUT with paths such as `rows.3.age` */
export function checkRows(rows: unknown, textLength = rowLimits.textLength): JsonRow[] {
  if (!Array.isArray(rows) || rows.length > rowLimits.rows) {
    refuse([{ path: "rows", message: `Send a list of at most ${rowLimits.rows} rows.` }]);
  }
  const list = rows as Record<string, JsonCell>[];
  const size = { bytes: 0 };
  refuse(list.flatMap((row, index) => rowFaults(row, `rows.${index}`, size, textLength)));
  if (size.bytes > rowLimits.requestBytes) {
    refuse([{ path: "rows", message: "The rows are too large together; send fewer in one request." }]);
  }
  return list;
}

/**
 * Refuses rows without a number where one is needed: of what an imported network was trained on nothing is known that
 * could stand in for it.
 * @throws BAD_USER_INPUT with the place
 */
function checkNumbers(rows: readonly JsonRow[], columns: readonly string[]): void {
  const faults: Fault[] = [];
  for (const [index, row] of rows.entries()) {
    for (const column of columns) {
      const value = Object.hasOwn(row, column) ? row[column] : null;
      if (numberOf(cellOf(value)) !== null) continue;
      faults.push({
        path: placeOf(index, column),
        message: "This model was imported and needs a number here.",
      });
      if (faults.length >= mostFaults) return refuse(faults);
    }
  }
  refuse(faults);
}

/** Of an imported network nothing but the file says how large its answers become. */
export const noNumber = (path: string): Error =>
  badInput(
    path,
    `${path}: The model's answer is no finite number. The values are too large for it: send smaller ones.`,
  );

/**
 * Refuses columns that the data set does not have: a misspelt name would be imputed in silence.
 * @throws BAD_USER_INPUT with the place and the names there are
 */
export function checkColumns(rows: readonly JsonRow[], known: ReadonlySet<string>): void {
  const faults: Fault[] = [];
  for (const [index, row] of rows.entries()) {
    for (const column of Object.keys(row)) {
      if (known.has(column)) continue;
      const names = [...known].slice(0, 30).join(", ");
      const path = placeOf(index, column);
      faults.push({ path, message: `There is no such column. Columns: ${names}.` });
      if (faults.length >= mostFaults) return refuse(faults);
    }
  }
  refuse(faults);
}

/** Refuses what the model can't read. @throws BAD_USER_INPUT with the place */
export function checkReadable(
  rows: readonly JsonRow[],
  { known, needed }: { known: ReadonlySet<string>; needed: readonly string[] },
): void {
  checkColumns(rows, known);
  checkNumbers(rows, needed);
}
