import type { JsonCell, JsonRow } from "./cell.js";
import type { ModelColumns } from "./predictor-messages.js";
import { observationsOf } from "./series/index.js";

/**
 * A row's cells in the order of the model's columns, as JSON. Only a row's own properties count: a column may be called
 * "constructor".
 */
export function textOf(row: JsonRow, columns: ModelColumns): string {
  const cells = Array<JsonCell>(columns.places.size).fill(null);
  for (const column of Object.keys(row)) {
    const place = columns.places.get(column);
    if (place !== undefined) cells[place] = row[column] ?? null;
  }
  return JSON.stringify(cells);
}

/** What goes through the network, row by row; of a series all rows are one history, and what is answered are the steps after it. */
export const textsOf = (rows: readonly JsonRow[], columns: ModelColumns): string[] =>
  columns.series
    ? [JSON.stringify(observationsOf(columns.series, rows))]
    : rows.map((row) => textOf(row, columns));
