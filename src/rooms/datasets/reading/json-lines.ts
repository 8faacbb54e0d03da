import { setImmediate as immediate } from "node:timers/promises";
import { isMissing } from "../../../kernel/cell.js";
import {
  atPlace,
  DatasetColumnNameInvalid,
  DatasetDuplicateColumn,
  DatasetEmpty,
  DatasetTooManyColumns,
} from "../dataset.errors.js";
import { nameFault } from "./header.js";
import { type Pair, parsePairs, textOf } from "./json-line.js";
import { inFull, type ReadLimits } from "./limits.js";
import { cellTooLarge, tooManyCells, tooManyRows } from "./refusals.js";
import { refuseUnreadable } from "./records.js";
import type { Row, Table } from "./row.js";
import { type RowBlock, RowScanner } from "./scanner.js";

/** Breaks at line ends alone: JSON has none of them inside a value, where they are written `\n`. */
const lines = { delimiter: -1, quoting: false };

/**
 * Cells of a batch, behind which others get their turn. A line `{}` is as many cells as there are columns, so a block
 * of them under 2,000 columns would be 40 million cells at once.
 */
const batchCells = 64 * 1024;

/**
 * Reads JSON Lines (jsonlines.org): one object a line, with strings, numbers, booleans and null. A number is taken as
 * it would stand in a CSV file and a truth as `true` or `false`, so both profile alike; null and a key that a line
 * leaves out are missing.
 *
 * Columns are all keys in the order of their first appearance, so `columns` grows while rows are taken, and a row is as
 * long as there were columns by then. With `known` columns, from an earlier reading, every row has all of them.
 *
 * @throws from `batches` DATASET_JSON_INVALID, DATASET_VALUE_NESTED and what other formats throw.
 */
export function readJsonLines(
  blocks: AsyncGenerator<Buffer>,
  limits: ReadLimits,
  known: readonly string[] = [],
): Table {
  const columns = new Columns(known, limits);
  const batches = batchesOf(blocks, columns, limits);
  const close = async (): Promise<void> => {
    // A generator that was never begun closes nothing.
    await blocks.next().catch(() => undefined);
    await blocks.return(undefined);
  };
  return { columns: columns.names, batches, close };
}

async function* batchesOf(
  blocks: AsyncGenerator<Buffer>,
  columns: Columns,
  limits: ReadLimits,
): AsyncGenerator<Row[]> {
  const scanner = new RowScanner(lines, limits);
  let count = 0;
  let cells = 0;
  const rowsOf = async function* (block: RowBlock): AsyncGenerator<Row[]> {
    refuseUnreadable(block);
    let rows: Row[] = [];
    for (const [index, start] of block.starts.entries()) {
      const text = block.bytes.toString("utf8", start, block.ends[index]);
      if (text.trim() === "") continue;
      const line = block.lines[index] ?? block.line;
      if (++count > limits.rows) throw tooManyRows(line, limits.rows);
      rows.push(columns.rowOf(text, line));
      cells += columns.names.length;
      if (cells > limits.cells) throw tooManyCells(line, limits.cells);
      if (rows.length * columns.names.length < batchCells) continue;
      yield rows;
      rows = [];
      await immediate();
    }
    if (rows.length > 0) yield rows;
  };
  for await (const block of blocks) yield* rowsOf(scanner.push(block));
  yield* rowsOf(scanner.end());
  if (count === 0) throw atPlace(DatasetEmpty, "The file is empty. Send at least one line with an object.");
  if (columns.names.length === 0)
    throw atPlace(DatasetEmpty, 'No line names a column. Send objects with keys and values: {"size": 1.5}.');
}

class Columns {
  readonly names: string[];
  readonly #places: Map<string, number>;

  constructor(
    known: readonly string[],
    private readonly limits: ReadLimits,
  ) {
    this.names = [...known];
    this.#places = new Map(known.map((name, place) => [name, place]));
  }

  rowOf(text: string, line: number): Row {
    const pairs = parsePairs(text, line, (key) => this.#places.has(key));
    this.#add(pairs, line);
    const row: Row = Array<string | null>(this.names.length).fill(null);
    for (const [key, value] of pairs) {
      const cell = textOf(value, { line, key });
      if (cell !== null && cell.length > this.limits.cellLength)
        throw cellTooLarge(line, key, this.limits.cellLength);
      row[this.#places.get(key) ?? -1] = isMissing(cell) ? null : cell;
    }
    return row;
  }

  #add(pairs: readonly Pair[], line: number): void {
    const seen = new Set<string>();
    for (const [name] of pairs) {
      if (seen.size === seen.add(name).size) throw keyTwice(line, name);
      if (!this.#places.has(name)) this.#addColumn(name, line);
    }
  }

  #addColumn(name: string, line: number): void {
    const fault = nameFault(name, this.limits.nameLength);
    if (fault !== null) throw invalidKey(line, this.names.length, fault);
    if (this.names.length === this.limits.columns) throw tooManyColumns(line, this.limits.columns);
    this.#places.set(name, this.names.push(name) - 1);
  }
}

function tooManyColumns(row: number, limit: number): Error {
  const message = `Up to line ${row} the file has more than ${inFull(limit)} columns. Leave out those the model doesn't need.`;
  return atPlace(DatasetTooManyColumns, message, { row, limit });
}

function keyTwice(row: number, column: string): Error {
  const message = `The object in line ${row} has the key “${column}” twice. Leave one of them out.`;
  return atPlace(DatasetDuplicateColumn, message, { row, column });
}

function invalidKey(row: number, index: number, fault: string): Error {
  const message = `Column ${index + 1} ${fault}. Rename the key in line ${row} and wherever else it stands.`;
  return atPlace(DatasetColumnNameInvalid, message, { row, column: `column ${index + 1}` });
}
