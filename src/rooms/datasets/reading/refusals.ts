import { atPlace, DatasetCellTooLarge, DatasetTooLarge, DatasetTooManyRows } from "../dataset.errors.js";
import { inFull } from "./limits.js";

/** The error for the first row beyond the limit. */
export function tooManyRows(row: number | undefined, limit: number): Error {
  const message = `The file has more than ${inFull(limit)} rows. Send a sample, or split it into several datasets.`;
  return atPlace(DatasetTooManyRows, message, { row, limit });
}

/** The error for the first row whose cells, left-out ones too, are too many together with those before. */
export function tooManyCells(row: number, limit: number): Error {
  const message = `The file has more than ${inFull(limit)} cells: rows times columns. Send a sample, or leave out columns.`;
  return atPlace(DatasetTooLarge, message, { row, limit });
}

export function cellTooLarge(row: number, column: string | undefined, limit: number): Error {
  const message = `The cell in line ${row}, column “${column}”, is longer than ${inFull(limit)} characters. Shorten its text.`;
  return atPlace(DatasetCellTooLarge, message, { row, column, limit });
}
