import { ColumnProfiler } from "./column-profiler.js";
import { DistinctBudget } from "./distinct.js";
import type { TableProfile } from "./profile.js";
import type { Row, Table } from "./row.js";

/** Profiles a table in one pass, row by row; see `ColumnProfile` for what comes out. */
export class TableProfiler {
  private rowCount = 0;
  private readonly columns: ColumnProfiler[] = [];

  /** `names` may grow between two rows: earlier rows have no value in a column that comes later. */
  constructor(
    private readonly names: readonly string[],
    private readonly budget: DistinctBudget = new DistinctBudget(),
  ) {
    this.grow();
  }

  /** Takes the next row: one cell for every column, in their order; cells left out at the end are missing. */
  add(row: Row): void {
    if (this.columns.length < this.names.length) this.grow();
    this.rowCount++;
    for (let index = 0; index < this.columns.length; index++) this.columns[index]?.add(row[index] ?? null);
  }

  private grow(): void {
    for (const name of this.names.slice(this.columns.length))
      this.columns.push(new ColumnProfiler(name, this.budget, this.rowCount));
  }

  /** The profile of the rows so far. */
  profile(): TableProfile {
    return { rowCount: this.rowCount, columns: this.columns.map((column) => column.profile()) };
  }
}

/** Reads a table to its end and profiles it. Throws what its batches throw. */
export async function profileTable(table: Table): Promise<TableProfile> {
  const profiler = new TableProfiler(table.columns);
  for await (const batch of table.batches) for (const row of batch) profiler.add(row);
  return profiler.profile();
}
