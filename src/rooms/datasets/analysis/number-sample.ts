import { parseNumber } from "../../../kernel/cell.js";
import type { Table, TableProfile } from "../reading/index.js";

/** Values kept of one column, and of all columns together. */
const sampleLimits = { rows: 10_000, values: 2_000_000 };

/**
 * Numbers of the named columns from rows at even distances, sorted: all of them up to 10,000 rows. No chance in it, so
 * that two questions get one answer.
 */
export async function sampleNumbers(
  table: Table,
  { rowCount }: TableProfile,
  names: readonly string[],
): Promise<Map<string, Float64Array>> {
  const places = names.map((name) => table.columns.indexOf(name));
  const most = Math.min(sampleLimits.rows, Math.floor(sampleLimits.values / Math.max(1, names.length)));
  const step = Math.max(1, Math.ceil(rowCount / most));
  const values: number[][] = names.map(() => []);
  let row = 0;
  for await (const batch of table.batches)
    for (const cells of batch) {
      if (row++ % step !== 0) continue;
      places.forEach((place, index) => {
        const value = parseNumber(cells[place] ?? "");
        if (value !== null) values[index]?.push(value);
      });
    }
  return new Map(names.map((name, index) => [name, Float64Array.from(values[index] ?? []).sort()]));
}
