import type { JsonCell, JsonRow } from "./cell.js";
import type { ModelColumns } from "./predictor-messages.js";
import { observationsOf } from "./series/index.js";

/** Where in a row with these names the model's columns are, in their order; -1 where one is missing. */
interface Order {
  names: readonly string[];
  sources: readonly number[];
}

/** Of the latest row of each model: the next mostly has the same names, and comparing is quicker than looking up. */
const orders = new WeakMap<ModelColumns, Order>();

function orderOf(names: readonly string[], columns: ModelColumns): Order {
  const latest = orders.get(columns);
  if (latest?.names.length === names.length && latest.names.every((name, at) => name === names[at]))
    return latest;
  const sources = Array<number>(columns.places.size).fill(-1);
  names.forEach((name, source) => {
    const place = columns.places.get(name);
    if (place !== undefined) sources[place] = source;
  });
  const order = { names, sources };
  orders.set(columns, order);
  return order;
}

/**
 * A row's cells in the order of the model's columns, as JSON. Only a row's own properties count: a column may be called
 * "constructor".
 */
export function textOf(row: JsonRow, columns: ModelColumns): string {
  const values: readonly JsonCell[] = Object.values(row);
  const { sources } = orderOf(Object.keys(row), columns);
  return JSON.stringify(sources.map((source) => values[source] ?? null));
}

/** What goes through the network, row by row; of a series all rows are one history, and what is answered are the steps after it. */
export const textsOf = (rows: readonly JsonRow[], columns: ModelColumns): string[] =>
  columns.series
    ? [JSON.stringify(observationsOf(columns.series, rows))]
    : rows.map((row) => textOf(row, columns));
