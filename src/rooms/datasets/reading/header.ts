import { atPlace, DatasetColumnNameInvalid, DatasetDuplicateColumn } from "../dataset.errors.js";
import { isPlainlySeen } from "../../../kernel/visible-text.js";
import { isMissing, parseNumber } from "../../../kernel/cell.js";
import { inFull, type ReadLimits } from "./limits.js";
import type { FileRow } from "./records.js";

/** Names for a file without header: c0, c1, … */
export const numberedNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `c${index}`);

/**
 * Column names of a header row, white space around them removed. Upper and lower case are different names.
 *
 * @throws DATASET_COLUMN_NAME_INVALID, DATASET_DUPLICATE_COLUMN with row and column.
 */
export function namesOf(header: FileRow, limits: ReadLimits): string[] {
  const names = header.cells.map((cell) => cell.trim());
  const hint = looksLikeData(names)
    ? " The first line looks like data: if the file has no header, say so with header: false."
    : "";
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    const fault = nameFault(name, limits.nameLength);
    if (fault) throw invalidName(header.line, index, fault, hint);
    const earlier = positions.get(name);
    if (earlier !== undefined) throw duplicate(header.line, name, earlier, index, hint);
    positions.set(name, index);
  });
  return names;
}

/** What is wrong with a column's name, as the rest of a sentence; null where nothing is. */
export function nameFault(name: string, longest: number): string | null {
  if (name.trim() === "") return "has no name";
  if (name !== name.trim()) return "has white space around its name";
  if (!name.isWellFormed()) return "has half a character in its name";
  if (name.length > longest) return `has a name longer than ${inFull(longest)} characters`;
  // They would break messages and tables that show the name, or make it look like another.
  if (!isPlainlySeen(name)) return "has a control character in its name";
  // As a key of a JavaScript object it would set the prototype instead of a value.
  if (name === "__proto__") return "is named __proto__, which is reserved";
  return null;
}

const looksLikeData = (names: string[]): boolean =>
  names.filter((name) => parseNumber(name) !== null || isMissing(name)).length > names.length / 2 &&
  names.some((name) => parseNumber(name) !== null);

function invalidName(row: number, index: number, fault: string, hint: string): Error {
  const column = `column ${index + 1}`;
  const message = `Column ${index + 1} ${fault}. Rename it in line ${row}.${hint}`;
  return atPlace(DatasetColumnNameInvalid, message, { row, column });
}

function duplicate(row: number, column: string, earlier: number, index: number, hint: string): Error {
  const message = `Columns ${earlier + 1} and ${index + 1} are both named “${column}”. Rename one of them in line ${row}.${hint}`;
  return atPlace(DatasetDuplicateColumn, message, { row, column });
}
