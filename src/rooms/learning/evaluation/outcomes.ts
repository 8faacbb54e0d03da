import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** What a model said of rows that it had not seen, beside what is true. */
export interface Outcomes {
  /** The classes in the order of the outputs; null for numbers. */
  readonly classes: readonly string[] | null;
  /** The places of the rows in their dataset, ascending, from 0. */
  readonly rows: readonly number[];
  /** Class numbers, -1 for a class unknown to the model, or the numbers as they stand. */
  readonly actual: readonly number[];
  /** A probability for each class, or one number, row by row. */
  readonly outputs: Float64Array;
  /** So many rows that follow each other depend on one another, as overlapping forecasts do; 1 unless given. */
  readonly block?: number;
}

export const widthOf = ({ classes }: Outcomes): number => classes?.length ?? 1;

/** The rows at these places of the list, in that order. */
export function pickOutcomes(outcomes: Outcomes, places: readonly number[]): Outcomes {
  const width = widthOf(outcomes);
  const outputs = new Float64Array(places.length * width);
  places.forEach((place, row) => {
    outputs.set(outcomes.outputs.subarray(place * width, (place + 1) * width), row * width);
  });
  return {
    ...outcomes,
    rows: places.map((place) => outcomes.rows[place] ?? -1),
    actual: places.map((place) => outcomes.actual[place] ?? -1),
    outputs,
  };
}

/** What is kept of one version: 2 MiB of outputs, and rows enough for any difference worth telling. */
export const mostKept = { values: 2 ** 18, rows: 20_000 };

/**
 * Places in the list of at most `most` rows: those whose place in the dataset has the smallest hashes. Which these are
 * depends on that place alone, so two versions keep the same rows, whatever else they were given.
 */
export function keptRows(rows: readonly number[], most: number): number[] {
  if (rows.length <= most) return rows.map((_, place) => place);
  return rows
    .map((row, place) => ({ place, hash: crc32(`row ${row}`) }))
    .sort((a, b) => a.hash - b.hash || a.place - b.place)
    .slice(0, most)
    .map(({ place }) => place)
    .sort((a, b) => a - b);
}

export function keptOutcomes(outcomes: Outcomes): Outcomes {
  const most = Math.max(1, Math.min(mostKept.rows, Math.floor(mostKept.values / widthOf(outcomes))));
  return pickOutcomes(outcomes, keptRows(outcomes.rows, most));
}

/** As bytes: length of the header, `{classes, rows, block}` as JSON, then actual values and outputs as doubles, deflated. */
export function packOutcomes({ classes, rows, actual, outputs, block }: Outcomes): Uint8Array {
  const header = Buffer.from(JSON.stringify({ classes, rows, block }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const numbers = [Float64Array.from(actual), outputs.slice()].map(({ buffer }) => Buffer.from(buffer));
  return deflateRawSync(Buffer.concat([length, header, ...numbers]));
}

/** Reads what `packOutcomes` wrote; the bytes are ours, sealed, and were opened with the tenant's key. */
export function unpackOutcomes(bytes: Uint8Array): Outcomes {
  const plain = inflateRawSync(bytes);
  const end = 4 + plain.readUInt32LE(0);
  const header = JSON.parse(plain.toString("utf8", 4, end)) as Pick<Outcomes, "classes" | "rows" | "block">;
  const { rows } = header;
  // A copy, because doubles must begin at a multiple of eight.
  const values = new Float64Array(
    plain.buffer.slice(plain.byteOffset + end, plain.byteOffset + plain.length),
  );
  return {
    ...header,
    actual: [...values.subarray(0, rows.length)],
    outputs: values.slice(rows.length),
  };
}
