import { shuffled } from "../random.js";

/** A part that stays and a part that is held out; each ascending. */
export type Parts = [kept: number[], held: number[]];

const ascending = (a: number, b: number) => a - b;
const parts = (kept: number[], held: number[]): Parts => [kept.sort(ascending), held.sort(ascending)];

/** Rows drawn alike. */
export function holdOutRandom(rows: readonly number[], fraction: number, random: () => number): Parts {
  const count = Math.round(rows.length * fraction);
  const mixed = shuffled(rows, random);
  return parts(mixed.slice(count), mixed.slice(0, count));
}

/** The last of rows that are in order. */
export function holdOutLast(ordered: readonly number[], fraction: number): Parts {
  const count = ordered.length - Math.round(ordered.length * fraction);
  return parts(ordered.slice(0, count), ordered.slice(count));
}

/**
 * The same part of each stratum, as nearly as whole rows allow: what rounding down leaves goes to the strata that lost
 * most by it. No stratum is held out whole, since nothing could be learnt of it then.
 */
export function holdOutStratified(
  strata: readonly (readonly number[])[],
  fraction: number,
  random: () => number,
): Parts {
  const wanted = strata.map(({ length }) => length * fraction);
  const counts = wanted.map((count, place) => Math.min(Math.floor(count), roomOf(strata[place])));
  const total = Math.round(wanted.reduce((sum, count) => sum + count, 0));
  const byLoss = strata
    .map((_, place) => place)
    .sort((a, b) => lossOf(wanted[b], counts[b]) - lossOf(wanted[a], counts[a]) || a - b);
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  for (const place of byLoss) {
    const count = counts[place] ?? 0;
    if (left <= 0 || count >= roomOf(strata[place])) continue;
    counts[place] = count + 1;
    left--;
  }
  const drawn = strata.map((rows, place): Parts => {
    const mixed = shuffled(rows, random);
    return [mixed.slice(counts[place] ?? 0), mixed.slice(0, counts[place] ?? 0)];
  });
  return parts(
    drawn.flatMap(([kept]) => kept),
    drawn.flatMap(([, held]) => held),
  );
}

const roomOf = (stratum: readonly number[] | undefined): number => Math.max(0, (stratum?.length ?? 0) - 1);
const lossOf = (wanted = 0, count = 0): number => wanted - count;

/**
 * Whole groups in an order drawn at random, each where it brings the held-out rows closer to their part. At least one
 * group stays, and at least one is held out where there are two.
 */
export function holdOutGroups(
  groups: readonly (readonly number[])[],
  fraction: number,
  random: () => number,
): Parts {
  const wanted = groups.reduce((sum, { length }) => sum + length, 0) * fraction;
  const mixed = shuffled(groups, random);
  const held: (readonly number[])[] = [];
  let count = 0;
  for (const group of mixed) {
    const closer = Math.abs(count + group.length - wanted) < Math.abs(count - wanted);
    if (!closer || held.length + 1 >= groups.length) continue;
    held.push(group);
    count += group.length;
  }
  if (held.length === 0 && groups.length > 1 && fraction > 0) held.push(smallestOf(mixed));
  return parts(mixed.filter((group) => !held.includes(group)).flat(), held.flat());
}

const smallestOf = (groups: readonly (readonly number[])[]): readonly number[] =>
  groups.reduce((least, group) => (group.length < least.length ? group : least));
