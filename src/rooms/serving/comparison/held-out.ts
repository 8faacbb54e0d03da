import { badInput } from "../../../kernel/errors.js";
import type { Dataset, Table } from "../../datasets/index.js";
import { type Cell, keptRows } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";
import { checkKind, checkRequired } from "../required-columns.js";

/** A row to be predicted: what each version reads of it, by the version's id, and the cell of the target. */
export interface HeldOutRow {
  place: number;
  target: Cell | undefined;
  inputs: ReadonlyMap<string, object>;
}

/** Each is predicted by up to two versions while somebody waits; more would narrow the intervals little. */
export const mostRows = 5_000;
const rowsOfRequest = 500;
const cellsOfRequest = 50_000;
const bytesOfRequest = 2 ** 20;

/** Throws BAD_USER_INPUT where the dataset lacks a column that the version reads or predicts, or numbers in it. */
export function checkFit(version: ModelVersion, { columns }: Dataset): void {
  const { number, signature } = version;
  const names = new Set((columns ?? []).map(({ name }) => name));
  const needed = [...signature.inputs.map(({ column }) => column), signature.output.column];
  const missing = needed.find((column) => !names.has(column));
  if (missing !== undefined)
    throw badInput(
      "datasetId",
      `The dataset has no column ${JSON.stringify(missing)}, which ${number} needs.`,
    );
  const kinds = new Map((columns ?? []).map(({ name, kind }) => [name, kind as string]));
  for (const { column, kind } of signature.inputs)
    checkKind(version, column, kind, kinds.get(column) ?? kind);
  checkRequired(version, columns ?? []);
}

/** The rows at these places, at most 5,000 of them, the same ones each time. */
export async function heldOut(
  { columns, batches }: Table,
  versions: readonly ModelVersion[],
  places: readonly number[],
): Promise<HeldOutRow[]> {
  const wanted = new Set(keptRows(places, mostRows).map((at) => places[at]));
  const found: HeldOutRow[] = [];
  const pick = pickerOf(columns, versions);
  let place = 0;
  for await (const batch of batches) {
    for (const row of batch) {
      if (wanted.has(place)) found.push(pick(place, row));
      place++;
    }
  }
  return found;
}

function pickerOf(
  columns: readonly string[],
  versions: readonly ModelVersion[],
): (place: number, row: readonly Cell[]) => HeldOutRow {
  const at = new Map(columns.map((column, index) => [column, index]));
  const read = versions.map(({ id, signature }) => ({
    id,
    inputs: signature.inputs.map(({ column }) => [column, at.get(column) ?? -1] as const),
  }));
  const target = at.get(versions[0]?.signature.output.column ?? "") ?? -1;
  return (place, row) => ({
    place,
    target: row[target],
    inputs: new Map(
      read.map(({ id, inputs }) => [
        id,
        Object.fromEntries(inputs.map(([column, index]) => [column, row[index] ?? null])),
      ]),
    ),
  });
}

/** Roughly what the largest object of a row weighs as text. */
const weightOf = ({ inputs }: HeldOutRow): number =>
  Math.max(0, ...[...inputs.values()].map((row) => JSON.stringify(row).length));

/** As many rows as one request of predictions may hold with ease; of long texts few. */
export function chunksOf(rows: readonly HeldOutRow[]): HeldOutRow[][] {
  const [widest = 1] = [...(rows[0]?.inputs.values() ?? [])]
    .map((row) => Object.keys(row).length)
    .sort((a, b) => b - a);
  const size = Math.max(1, Math.min(rowsOfRequest, Math.floor(cellsOfRequest / Math.max(1, widest))));
  const chunks: HeldOutRow[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const weight = weightOf(row);
    const last = chunks.at(-1);
    bytes += weight;
    if (last && last.length < size && bytes <= bytesOfRequest) last.push(row);
    else {
      chunks.push([row]);
      bytes = weight;
    }
  }
  return chunks;
}
