import {
  atPlace,
  DatasetQuote,
  DatasetRaggedRow,
  DatasetRowTooLarge,
  DatasetTooManyColumns,
} from "../dataset.errors.js";
import { inBytes, inFull, type ReadLimits } from "./limits.js";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** How the bytes of a format divide into cells. */
export interface Dialect {
  /** The byte between two cells. */
  delimiter: number;
  /** RFC 4180 quoting. Off for TSV: text/tab-separated-values has none, and a quote there is a character. */
  quoting: boolean;
}

/** Whole rows; the three lists run in parallel. Lines without a byte are in `bytes` but in no list. */
export interface RowBlock {
  bytes: Buffer;
  /** Line number on which `bytes` begins. */
  line: number;
  /** Line number on which each row begins. */
  lines: number[];
  starts: number[];
  /** End of each row in `bytes`, its line break left out. */
  ends: number[];
}

type Bounds = Pick<ReadLimits, "columns" | "rowBytes">;

/**
 * Finds where rows begin and end before anything is built from them. This bounds what a hostile file can cost
 * (a header of a million columns stops at the limit, not after a million strings) and gives every row
 * its line number, which the CSV parser can't: it counts CR LF inside quotes twice.
 */
export class RowScanner {
  private rest: Buffer = Buffer.alloc(0);
  private restLine = 1;
  private line = 1;
  private rowLine = 1;
  private delimiters = 0;
  private rows = 0;
  private open = false;
  private afterReturn = false;

  constructor(
    private readonly dialect: Dialect,
    private readonly bounds: Bounds,
  ) {}

  /** The rows that end in this block; an unfinished one waits for the next block. */
  push(block: Buffer): RowBlock {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, block]) : block;
    const found: RowBlock = { bytes, line: this.restLine, lines: [], starts: [], ends: [] };
    const end = this.scan(found, this.rest.length);
    this.rest = bytes.subarray(end);
    this.restLine = this.rowLine;
    found.bytes = bytes.subarray(0, end);
    if (this.rest.length > this.bounds.rowBytes && !this.open) throw this.rowTooLarge();
    return found;
  }

  /** An open quote has swallowed more than a row may hold: only the parser can say whether it was a stray one. */
  get overflows(): boolean {
    return this.rest.length > this.bounds.rowBytes;
  }

  /** The last row, which no line break ends. */
  end(): RowBlock {
    const bytes = this.rest;
    const found = { bytes, line: this.restLine };
    if (bytes.length === 0) return { ...found, lines: [], starts: [], ends: [] };
    return { ...found, lines: [this.rowLine], starts: [0], ends: [bytes.length] };
  }

  /** Returns the offset after the last row's line break. */
  private scan(found: RowBlock, from: number): number {
    const { bytes } = found;
    const { delimiter, quoting } = this.dialect;
    let start = 0;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === lineFeed || byte === carriageReturn) {
        if (this.breakLine(byte)) start = this.endRow(found, start, at);
      } else {
        this.afterReturn = false;
        if (byte === delimiter && !this.open) this.countCell();
        else if (byte === quote && quoting) this.open = !this.open;
      }
    }
    return start;
  }

  /** Counts the line and returns whether a row ends here. The LF of CR LF counts no line and ends an empty row. */
  private breakLine(byte: number): boolean {
    if (byte === carriageReturn || !this.afterReturn) this.line++;
    this.afterReturn = byte === carriageReturn;
    return !this.open;
  }

  private endRow(found: RowBlock, start: number, at: number): number {
    if (at - start > this.bounds.rowBytes) throw this.rowTooLarge();
    if (at > start) {
      found.lines.push(this.rowLine);
      found.starts.push(start);
      found.ends.push(at);
      this.rows++;
    }
    this.rowLine = this.line;
    this.delimiters = 0;
    return at + 1;
  }

  private countCell(): void {
    if (++this.delimiters < this.bounds.columns) return;
    throw this.rows === 0 ? this.tooManyColumns() : this.muchTooWide();
  }

  private tooManyColumns(): Error {
    const limit = this.bounds.columns;
    const message = `The file has more than ${inFull(limit)} columns. Leave out those the model doesn't need.`;
    return atPlace(DatasetTooManyColumns, message, { row: this.rowLine, limit });
  }

  private muchTooWide(): Error {
    const found = this.delimiters + 1;
    const message = `Line ${this.rowLine} has more than ${inFull(found - 1)} cells, far more than there are columns. Correct that row.`;
    return atPlace(DatasetRaggedRow, message, { row: this.rowLine, found });
  }

  private rowTooLarge(): Error {
    const limit = this.bounds.rowBytes;
    const message =
      `The row in line ${this.rowLine} is longer than ${inBytes(limit)}. ` +
      "Check that the file has line breaks, and shorten its longest texts.";
    return atPlace(DatasetRowTooLarge, message, { row: this.rowLine, limit });
  }
}

/** The error for a quote that stays open for more than a row may hold. */
export function quoteStaysOpen(row: number, limit: number): Error {
  const message = `A quote in the row of line ${row} is not closed within ${inBytes(limit)}. Close it, or double it if it is part of the text.`;
  return atPlace(DatasetQuote, message, { row });
}
