import { parseBoolean, parseNumber } from "../../../kernel/cell.js";
import type { ColumnProfile, Table, TableProfile } from "../reading/index.js";

export type PreviewRow = Record<string, unknown>;

/** A look at a file must not weigh as much as the file. */
export const previewLimits = { rows: 100, cellLength: 256, bytes: 256 * 1024 };

const cut = (text: string): string =>
  text.length <= previewLimits.cellLength ? text : `${text.slice(0, previewLimits.cellLength - 1)}…`;

/** A cell as its column's kind says: a number, a truth or a text. */
function valueOf(cell: string | null, { kind }: ColumnProfile): number | boolean | string | null {
  if (cell === null) return null;
  if (kind === "NUMBER") return parseNumber(cell);
  return kind === "BOOLEAN" ? parseBoolean(cell) : cut(cell);
}

/** The rows that fit into the limit of bytes, from the first on; more than one only where there is room. */
export function fitting<Value extends PreviewRow>(rows: Iterable<Value>): Value[] {
  let left = previewLimits.bytes;
  const fit: Value[] = [];
  for (const row of rows) {
    left -= Buffer.byteLength(JSON.stringify(row));
    if (left < 0 && fit.length > 0) break;
    fit.push(row);
  }
  return fit;
}

/** The first rows of a table as objects; long texts end in `…`. Closes the table. */
export async function previewTable(
  table: Table,
  { columns }: TableProfile,
  first: number,
): Promise<PreviewRow[]> {
  const rows: PreviewRow[] = [];
  for await (const batch of table.batches) {
    for (const row of batch.slice(0, first - rows.length))
      rows.push(
        Object.fromEntries(
          columns.map((column, index) => [column.name, valueOf(row[index] ?? null, column)]),
        ),
      );
    if (rows.length >= first) break;
  }
  return fitting(rows);
}
