import type { LearningTask, Table } from "../task.js";
import { type Split, splitSizes } from "../split.js";
import { unusable } from "../errors.js";
import { channelsOf, readTable } from "./fit.js";
import { timeFault } from "./time.js";

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

/**
 * The parts of a series in the order of time: what is measured lies after all that was learnt from or watched. Rows
 * without a value stay in place, since a window must not close over a gap.
 * @throws TRAINING_DATA_UNUSABLE where times don't ascend or a cell is no number
 */
export function splitSeries(
  table: Table,
  task: LearningTask,
  validationSplit: number,
): Split & { dropped: number } {
  const { known } = readTable(table, channelsOf(task));
  refuseDisorder(table, task.series?.timeColumn ?? null);
  const { train, validation } = splitSizes(table.rows.length, validationSplit);
  return {
    train: range(0, train),
    validation: range(train, train + validation),
    test: range(train + validation, table.rows.length),
    dropped: known.reduce((count, flag) => count + 1 - flag, 0),
  };
}

function refuseDisorder({ columns, rows }: Table, timeColumn: string | null): void {
  if (timeColumn === null) return;
  const place = columns.indexOf(timeColumn);
  if (place < 0) throw unusable("series.timeColumn", `There is no column "${timeColumn}".`);
  const fault = timeFault(rows.map((row) => row[place]));
  if (fault)
    throw unusable("series.timeColumn", `Row ${fault.row + 1}, column "${timeColumn}": ${fault.message}`);
}

/** The rows of a part with all rows before them, which its forecasts may read. */
export const withHistory = ({ columns, rows }: Table, numbers: readonly number[]): Table => ({
  columns,
  rows: rows.slice(0, (numbers.at(-1) ?? -1) + 1),
  history: numbers[0] ?? 0,
});
