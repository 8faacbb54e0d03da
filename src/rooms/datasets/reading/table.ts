import { atPlace, DatasetEmpty, DatasetRaggedRow } from "../dataset.errors.js";
import { blocksOf } from "./blocks.js";
import { isMissing } from "../../../kernel/cell.js";
import { utf8BlocksOf } from "./encoding.js";
import { namesOf, numberedNames } from "./header.js";
import { readJsonLines } from "./json-lines.js";
import { defaultLimits, inFull, type ReadLimits } from "./limits.js";
import { type FileRow, rowsOf } from "./records.js";
import { cellTooLarge, tooManyRows } from "./refusals.js";
import type { Row, Table } from "./row.js";
import type { Dialect } from "./scanner.js";

export interface ReadOptions {
  format: "CSV" | "TSV" | "JSONL";
  /** Whether the first row names the columns; without it they are c0, c1, … JSON Lines name them in every row. */
  header: boolean;
  /** The columns, where an earlier reading found them; JSON Lines tell them only at the end. */
  knownColumns?: readonly string[];
  limits?: Partial<ReadLimits>;
  /** Ends the reading at once, with the signal's reason, and closes the source. */
  signal?: AbortSignal;
}

const dialects: Record<"CSV" | "TSV", Dialect> = {
  CSV: { delimiter: 0x2c, quoting: true },
  TSV: { delimiter: 0x09, quoting: false },
};

/**
 * Reads a table from bytes as they come: CSV after RFC 4180 (line breaks LF, CR LF or CR, also mixed), TSV after IANA
 * text/tab-separated-values (no quoting) or JSON Lines (see `readJsonLines`), in UTF-8 with or without byte-order mark
 * or UTF-16 with one.
 * Memory is bounded by `limits.rowBytes` and a few blocks of 64 KiB, and the source is read no faster than
 * rows are taken.
 *
 * Blank lines are no rows, as in pandas and R; a line of white space is blank too where there are several columns.
 * So a missing value in a file with a single column needs a marker: `""` or NA.
 *
 * @throws The DATASET_… errors, from here when they concern the header, else from `batches`; details name
 * `row` (see `Place`), `column`, `fields`.
 */
export async function readTable(source: AsyncIterable<Uint8Array>, options: ReadOptions): Promise<Table> {
  const limits = { ...defaultLimits, ...options.limits };
  const blocks = utf8BlocksOf(blocksOf(source, limits.bytes, options.signal));
  if (options.format === "JSONL") return readJsonLines(blocks, limits, options.knownColumns);
  const rows = rowsOf(blocks, dialects[options.format], limits);
  try {
    const first = await firstRows(rows);
    const columns = options.header ? namesOf(first[0], limits) : numberedNames(first[0].cells.length);
    const data = options.header ? first.slice(1) : first;
    const close = async () => void (await rows.return(undefined));
    return { columns, batches: batchesOf(data, rows, columns, limits), close };
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

type NotEmpty<T> = [T, ...T[]];

/** The rest of the first block that holds a row, so that white space before the header is skipped. */
async function firstRows(rows: AsyncGenerator<FileRow[]>): Promise<NotEmpty<FileRow>> {
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const [first, ...others] = next.value.slice(next.value.findIndex((row) => !isBlank(row)));
    if (first && !isBlank(first)) return [first, ...others];
  }
  throw atPlace(DatasetEmpty, "The file is empty. Send a header line and at least one row below it.");
}

const isBlank = ({ cells }: FileRow): boolean => cells.length === 1 && cells[0]?.trim() === "";

async function* batchesOf(
  first: FileRow[],
  others: AsyncGenerator<FileRow[]>,
  columns: string[],
  limits: ReadLimits,
): AsyncGenerator<Row[]> {
  let count = 0;
  try {
    for (let rows = first; ; ) {
      const batch = rows.filter((row) => columns.length === 1 || !isBlank(row));
      count += batch.length;
      if (count > limits.rows)
        throw tooManyRows(batch[batch.length - (count - limits.rows)]?.line, limits.rows);
      if (batch.length > 0) yield batch.map((row) => checked(row, columns, limits));
      const next = await others.next();
      if (next.done) break;
      rows = next.value;
    }
  } finally {
    await others.return(undefined);
  }
  if (count === 0) throw onlyHeader();
}

function checked({ line, cells }: FileRow, columns: string[], limits: ReadLimits): Row {
  if (cells.length !== columns.length) throw ragged(line, columns.length, cells.length);
  return cells.map((cell, index) => {
    if (cell.length > limits.cellLength) throw cellTooLarge(line, columns[index], limits.cellLength);
    return isMissing(cell) ? null : cell;
  });
}

const onlyHeader = () =>
  atPlace(DatasetEmpty, "The file holds a header and no rows. Send at least one row below the header.", {
    row: 1,
  });

function ragged(row: number, expected: number, found: number): Error {
  const message =
    `The row in line ${row} has ${inFull(found)} cells where ${inFull(expected)} are expected. ` +
    "Correct that row; a cell that holds the separator must stand in quotes (CSV).";
  return atPlace(DatasetRaggedRow, message, { row, expected, found });
}
