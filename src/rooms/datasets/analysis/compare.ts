import type { ColumnProfile, Table, TableProfile } from "../reading/index.js";
import { categoryDrift, numberDrift, quantilesOf } from "./drift.js";
import { sampleNumbers } from "./number-sample.js";

/** A table to compare: what is known of it, and its rows where they are needed. */
export interface Comparable {
  profile: TableProfile;
  /** Null where there are no rows to read, as of images. */
  open: (() => Promise<Table>) | null;
}

/** One column in one of the two. */
export interface ColumnSide {
  statistics: ColumnProfile;
  quantiles: number[] | null;
}

export interface ColumnComparison {
  name: string;
  a: ColumnSide;
  b: ColumnSide;
  kindChanged: boolean;
  drift: number | null;
}

export interface TableComparison {
  columnsAdded: string[];
  columnsRemoved: string[];
  kindsChanged: string[];
  rowsAdded: number;
  columns: ColumnComparison[];
}

type Samples = ReadonlyMap<string, Float64Array>;

/** What changed from `a` to `b`. Reads the rows of both only where both have a column of numbers. */
export async function compareTables(a: Comparable, b: Comparable): Promise<TableComparison> {
  const inB = new Map(b.profile.columns.map((column) => [column.name, column]));
  const inA = new Set(a.profile.columns.map(({ name }) => name));
  const pairs = a.profile.columns.flatMap((column) => {
    const other = inB.get(column.name);
    return other ? [{ column, other }] : [];
  });
  const numbers = pairs
    .filter(({ column, other }) => column.kind === "NUMBER" && other.kind === "NUMBER")
    .map(({ column }) => column.name);
  const [samplesA, samplesB] = [await samples(a, numbers), await samples(b, numbers)];
  const columns = pairs.map(({ column, other }) => ({
    name: column.name,
    a: side(column, samplesA),
    b: side(other, samplesB),
    kindChanged: column.kind !== other.kind,
    drift: driftOf(column, other, [a.profile.rowCount, b.profile.rowCount], [samplesA, samplesB]),
  }));
  return {
    columnsAdded: [...inB.keys()].filter((name) => !inA.has(name)),
    columnsRemoved: [...inA].filter((name) => !inB.has(name)),
    kindsChanged: columns.filter(({ kindChanged }) => kindChanged).map(({ name }) => name),
    rowsAdded: b.profile.rowCount - a.profile.rowCount,
    columns,
  };
}

const samples = async ({ profile, open }: Comparable, names: readonly string[]): Promise<Samples> =>
  names.length === 0 || !open ? new Map() : sampleNumbers(await open(), profile, names);

const side = (statistics: ColumnProfile, values: Samples): ColumnSide => {
  const sample = values.get(statistics.name);
  return { statistics, quantiles: sample ? quantilesOf(sample) : null };
};

function driftOf(
  a: ColumnProfile,
  b: ColumnProfile,
  [rowsA, rowsB]: [number, number],
  [samplesA, samplesB]: [Samples, Samples],
): number | null {
  if (a.kind !== b.kind) return null;
  const [numbersA, numbersB] = [samplesA.get(a.name), samplesB.get(b.name)];
  return numbersA && numbersB ? numberDrift(numbersA, numbersB) : categoryDrift(a, b, rowsA, rowsB);
}
