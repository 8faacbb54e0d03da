import { median } from "../../support/figures.js";

/** One server's turn in one round. */
export interface Turn {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of CPU a request, of the server. */
  readonly cpuMs: number;
  /** The same of Postgres; null where it can't be read. */
  readonly databaseMs: number | null;
}

/** The order of a round: another begins each time, so that no server always follows the same one. */
export const rotated = <T>(items: readonly T[], round: number): T[] => {
  const start = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

/** The middle turn by each measure on its own. */
export function middle(turns: readonly Turn[]): Turn {
  const of = (measure: (turn: Turn) => number): number => median(turns.map(measure));
  const database = turns.flatMap(({ databaseMs }) => databaseMs ?? []);
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    cpuMs: of(({ cpuMs }) => cpuMs),
    databaseMs: database.length === 0 ? null : median(database),
  };
}

/**
 * The median of ours over theirs, round by round: what the machine did meanwhile met both sides of each ratio. Rounds
 * that only one side has are left out.
 */
export function ratioOf(
  ours: readonly Turn[],
  theirs: readonly Turn[],
  measure: (turn: Turn) => number,
): number {
  const ratios = ours.flatMap((turn, round) => {
    const other = theirs[round];
    return other ? [measure(turn) / measure(other)] : [];
  });
  return median(ratios);
}
