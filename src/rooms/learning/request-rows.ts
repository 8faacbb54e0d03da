import { type Cell, cellOf, type JsonCell, type JsonRow } from "./cell.js";

/*
 * Rows on their way to a prediction thread: the names of their columns once, and each row as a list of cells. Rows of a
 * batch mostly have the same columns, and writing and reading their names for each took longer than computing.
 */

/** The number of its list of names, then its cells in their order. */
export type PackedRow = readonly [number, ...JsonCell[]];

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, place) => name === b[place]);

/** With more the comparing itself would hold the event loop up; a list that is there twice does no harm. */
const mostCompared = 8;

/** Collects lists of names for the rows of one batch. */
export class NamesOfRows {
  readonly lists: string[][] = [];

  #numberOf(row: JsonRow): number {
    const names = Object.keys(row);
    const last = this.lists.length - 1;
    for (let at = last; at >= 0 && at > last - mostCompared; at--)
      if (same(this.lists[at] ?? [], names)) return at;
    return this.lists.push(names) - 1;
  }

  /** A request's rows as JSON of `PackedRow[]`. */
  pack(rows: readonly JsonRow[]): string {
    return JSON.stringify(rows.map((row) => [this.#numberOf(row), ...Object.values(row)]));
  }
}

/** Reads the rows of one batch in the order of a model's columns. */
export class RowReader {
  readonly #places: (readonly number[])[];

  constructor(
    private readonly names: readonly (readonly string[])[],
    columns: readonly string[],
  ) {
    // Cells begin after the number of the list; a column that is not there is read at 0 and counts as missing.
    this.#places = names.map((list) => {
      const places = new Map(list.map((name, place) => [name, place + 1]));
      return columns.map((column) => places.get(column) ?? 0);
    });
  }

  /** Whether every column of the row is among these. */
  isKnown([list]: PackedRow, known: ReadonlySet<string>): boolean {
    return (this.names[list] ?? []).every((name) => known.has(name));
  }

  cells(row: PackedRow): Cell[] {
    return (this.#places[row[0]] ?? []).map((place) => (place > 0 ? cellOf(row[place]) : null));
  }

  object(row: PackedRow): JsonRow {
    return Object.fromEntries(
      (this.names[row[0]] ?? []).map((name, place) => [name, row[place + 1] ?? null]),
    );
  }
}
