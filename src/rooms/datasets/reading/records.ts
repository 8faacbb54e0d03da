import { CsvError, parse } from "csv-parse/sync";
import { atPlace, DatasetQuote } from "../dataset.errors.js";
import { nulByte } from "./binary.js";
import { lineBreaksIn, refuseInvalid } from "./encoding.js";
import type { ReadLimits } from "./limits.js";
import { type Dialect, quoteStaysOpen, type RowBlock, RowScanner } from "./scanner.js";

/** One row of a file: its cells as written and the line on which it begins. */
export interface FileRow {
  line: number;
  cells: string[];
}

const quoteByte = 0x22;

/**
 * Rows of UTF-8 text, a block's worth at a time. Lines without a character are no rows.
 *
 * @throws DATASET_QUOTE, DATASET_ENCODING, DATASET_BINARY (a NUL byte), DATASET_TOO_MANY_COLUMNS,
 * DATASET_ROW_TOO_LARGE, each with its row.
 */
export async function* rowsOf(
  blocks: AsyncIterable<Buffer>,
  dialect: Dialect,
  limits: ReadLimits,
): AsyncGenerator<FileRow[]> {
  const scanner = new RowScanner(dialect, limits);
  for await (const block of blocks) {
    yield parseRows(scanner.push(block), dialect);
    if (!scanner.overflows) continue;
    const unfinished = scanner.end();
    parseRows(unfinished, dialect);
    throw quoteStaysOpen(unfinished.line, limits.rowBytes);
  }
  yield parseRows(scanner.end(), dialect);
}

function parseRows(block: RowBlock, dialect: Dialect): FileRow[] {
  refuseUnreadable(block);
  const quoted = dialect.quoting && block.bytes.includes(quoteByte);
  const rows = quoted ? parseQuoted(block, dialect) : split(block, dialect);
  return rows.map((cells, index) => ({ line: block.lines[index] ?? block.line, cells }));
}

/** Throws DATASET_BINARY for a NUL byte, DATASET_ENCODING for what is not UTF-8, each with its line. */
export function refuseUnreadable(block: RowBlock): void {
  refuseNul(block);
  refuseInvalid(block.bytes, block.line);
}

function refuseNul(block: RowBlock): void {
  const offset = block.bytes.indexOf(0);
  if (offset >= 0) throw nulByte(block.line + lineBreaksIn(block.bytes.subarray(0, offset)));
}

/** Without a quote in the block there is nothing to parse, and splitting is about ten times as fast. */
function split({ bytes, starts, ends }: RowBlock, { delimiter }: Dialect): string[][] {
  const separator = String.fromCharCode(delimiter);
  return starts.map((start, index) => bytes.toString("utf8", start, ends[index]).split(separator));
}

function parseQuoted(block: RowBlock, dialect: Dialect): string[][] {
  try {
    return parse(block.bytes, {
      delimiter: String.fromCharCode(dialect.delimiter),
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (error) {
    throw error instanceof CsvError ? quoteError(error, block) : error;
  }
}

// With ragged rows allowed here, the parser complains of nothing but quotes.
function quoteError(error: CsvError, block: RowBlock): Error {
  const row = block.lines[Number(error["records"])] ?? block.line;
  const column = `column ${Number(error["column"]) + 1}`;
  const message = `The row in line ${row}, ${column}, ${quoteAdvice(error.code)}`;
  return atPlace(DatasetQuote, message, { row, column });
}

function quoteAdvice(code: CsvError["code"]): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return "opens a quote that nothing closes. Close it, or double it if it is part of the text.";
  }
  if (code === "CSV_INVALID_CLOSING_QUOTE") {
    return 'has text after its closing quote. Double a quote that is part of the text: "".';
  }
  return 'holds a quote inside a cell that doesn\'t begin with one. Quote the whole cell and double the quote: "5"" pipe".';
}
