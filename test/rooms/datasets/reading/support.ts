import { createReadStream } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import {
  profileTable,
  type ReadOptions,
  type Row,
  readTable,
  type TableProfile,
} from "../../../../src/rooms/datasets/reading/index.js";

/** A whole table in memory, as only tests want it. */
export interface WholeTable {
  columns: string[];
  rows: Row[];
}

export const csv: ReadOptions = { format: "CSV", header: true };
export const tsv: ReadOptions = { format: "TSV", header: true };

/** The content as a source of chunks of the given lengths, the last one repeated. */
export async function* inChunks(
  content: string | Uint8Array,
  lengths: number[] = [65_536],
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let offset = 0, index = 0; offset < bytes.length; index++) {
    const length = lengths[Math.min(index, lengths.length - 1)] ?? bytes.length;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}

/** One of the real data sets, streamed from disk. */
export const realData = (name: string): AsyncIterable<Uint8Array> =>
  createReadStream(join("test", "data", name));

export async function readAll(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = csv,
): Promise<WholeTable> {
  const table = await readTable(source, options);
  const rows: Row[] = [];
  for await (const batch of table.batches) rows.push(...batch);
  return { columns: table.columns, rows };
}

export const read = (content: string | Uint8Array, options: ReadOptions = csv): Promise<WholeTable> =>
  readAll(inChunks(content), options);

export const profile = async (
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = csv,
): Promise<TableProfile> => profileTable(await readTable(source, options));

export interface Expected {
  code: string;
  row?: number;
  column?: string;
  [detail: string]: unknown;
}

/** Waits for the refusal and compares code and details; returns its message. */
export async function refusal(work: Promise<unknown>, { code, ...details }: Expected): Promise<string> {
  const error = await work.then(
    () => expect.fail(`expected ${code}, but nothing was refused`),
    (error: unknown) => error,
  );
  if (!(error instanceof TenfoldError)) throw error;
  expect(error.code, error.message).to.equal(code);
  expect(error.extensions, error.message).to.include(details);
  expect(error.extensions["fields"]).to.deep.equal([{ path: "content", message: error.message }]);
  return error.message;
}
