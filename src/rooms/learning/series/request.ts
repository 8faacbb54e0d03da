import { type Cell, cellOf, isMissing, type JsonRow, numberOf, type Row } from "../cell.js";
import { refuse } from "../rows.js";
import type { SeriesCoding } from "./encode.js";
import { timeFault } from "./time.js";

// Own properties only: a column may be called "constructor".
const cellAt = (row: JsonRow, column: string): Cell =>
  Object.hasOwn(row, column) ? cellOf(row[column]) : null;

const missing = "There is no value here, nor in any row before. Send earlier rows, or fill it in.";

/**
 * The latest observations of a request as one row of cells, [window, channels]: what the model forecasts from. A missing
 * value is the last one before it, as in training.
 * @param rows in the order of time, the oldest first; more than the window are allowed
 * @throws BAD_USER_INPUT with paths such as `rows.3.Passengers`
 */
export function observationsOf({ features, target }: SeriesCoding, rows: readonly JsonRow[]): Row {
  const { window, horizon, timeColumn } = target;
  if (rows.length < window)
    refuse([
      {
        path: "rows",
        message: `A forecast needs the last ${window} observations, the oldest first, but gets ${rows.length}. Its ${horizon} predictions are those of the steps after them.`,
      },
    ]);
  if (timeColumn !== null) refuseDisorder(rows, timeColumn);
  const columns = features.map(({ column }) => filled(rows, column).slice(rows.length - window));
  refuse(
    columns.flatMap((cells, channel) => {
      const at = cells.indexOf(null);
      const path = `rows.${rows.length - window + at}.${features[channel]?.column ?? ""}`;
      return at < 0 ? [] : [{ path, message: missing }];
    }),
  );
  return Array.from({ length: window }, (_, row) => columns.map((cells) => cells[row] ?? null)).flat();
}

/** The cells of a column with gaps filled from before. @throws BAD_USER_INPUT where one has a value that is no number */
function filled(rows: readonly JsonRow[], column: string): Cell[] {
  let before: Cell = null;
  return rows.map((row, at) => {
    const cell = cellAt(row, column);
    if (isMissing(cell)) return before;
    if (numberOf(cell) === null)
      refuse([
        {
          path: `rows.${at}.${column}`,
          message: "A series has numbers only. Send a number, or null for none.",
        },
      ]);
    return (before = cell);
  });
}

/** Times may be left out; where they are sent, they must ascend. */
function refuseDisorder(rows: readonly JsonRow[], column: string): void {
  if (rows.every((row) => isMissing(cellAt(row, column)))) return;
  const fault = timeFault(rows.map((row) => cellAt(row, column)));
  if (fault) refuse([{ path: `rows.${fault.row}.${column}`, message: fault.message }]);
}

/** The numbers of what `observationsOf` made. */
export const windowOf = (observations: Row): Float64Array =>
  Float64Array.from(observations, (cell) => numberOf(cell) ?? 0);
