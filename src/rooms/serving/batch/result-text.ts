import { parseNumber } from "../../../kernel/cell.js";
import { BatchPredictionFormat } from "./batch-prediction.entity.js";
import type { ResultCell } from "./result-columns.js";

/**
 * What spreadsheets read as the beginning of a formula, in a file that says nothing of types (OWASP, CSV Injection);
 * the full-width signs count as theirs in some of them. An apostrophe makes it text.
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/** Numbers begin with a sign as well, and a minus with an apostrophe would be no number to any program that reads it. */
const isFormula = (text: string): boolean => formula.test(text) && parseNumber(text) === null;

const special = /[",\r\n]/;

/** One field after RFC 4180, with the apostrophe where a spreadsheet would compute. A missing value is empty. */
function csvField(cell: ResultCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = isFormula(cell) ? `'${cell}` : cell;
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvLine = (cells: readonly ResultCell[]): string => `${cells.map(csvField).join(",")}\r\n`;

/** Writes rows of a result as text; `header` comes before the first of them. */
interface ResultText {
  header: string;
  line: (cells: readonly ResultCell[]) => string;
}

/** JSON is not read by spreadsheets and needs no apostrophe: each cell is there as it stands. */
export function resultText(format: BatchPredictionFormat, columns: readonly string[]): ResultText {
  if (format === BatchPredictionFormat.CSV) return { header: csvLine(columns), line: csvLine };
  const keys = columns.map((column) => JSON.stringify(column));
  return {
    header: "",
    // Column by column and not by an object: names that are numbers would change their places.
    line: (cells) => `{${cells.map((cell, at) => `${keys[at]}:${JSON.stringify(cell)}`).join(",")}}\n`,
  };
}
