import { unusable } from "../errors.js";
import { seededRandom, shuffled } from "../random.js";
import type { Fold } from "./fold.js";

/** A group's rows, and how many of them are of each class. */
interface Group {
  rows: readonly number[];
  classes: ReadonlyMap<string, number>;
}

/** A fold that groups are dealt into. */
interface Dealt {
  rows: number[];
  classes: Map<string, number>;
}

/** Of a class: its rows in all groups, those dealt out by now, and the sum over the folds of their squared numbers. */
interface Tally {
  total: number;
  dealt: number;
  squares: number;
}

/**
 * As many of the folds as groups are left to train on; as no group is on both sides, more would measure on one twice.
 * @throws TRAINING_DATA_UNUSABLE where the training rows are one group, which can't be on both sides
 */
export function foldsOfGroups(folds: readonly Fold[], groups: number): Fold[] {
  if (groups < 2) throw unusable("split.column", oneGroup);
  return folds
    .map((fold) => ({ ...fold, of: Math.min(fold.of, groups) }))
    .filter(({ number, of }) => number < of);
}

const oneGroup =
  "The rows that are left to train on are one group, so none can be measured on without being trained on. Hold out a smaller part, or name another column.";

/**
 * The held-out rows of a fold: whole groups, the largest first, each into the fold with the fewest rows so far; equals in
 * an order drawn by seed. (As `GroupKFold` of scikit-learn.) Where there are fewer groups than folds, which searches of
 * before groups were counted may have, the first of them are measured on again.
 * @throws TRAINING_DATA_UNUSABLE where the training rows are one group
 */
export function heldGroups(groups: readonly (readonly number[])[], fold: Fold, seed: number): number[] {
  const { number, of } = fitting(fold, groups.length);
  const mixed = shuffled(groups, seededRandom(seed, "folds")).sort((a, b) => b.length - a.length);
  const dealt = Array.from({ length: of }, (): number[] => []);
  for (const group of mixed) fewest(dealt, ({ length }) => length).push(...group);
  return dealt[number] ?? [];
}

/**
 * The same, with every class as evenly over the folds as whole groups allow: groups that lean most to some classes come
 * first, each into the fold that keeps the spread of the classes' shares smallest, of equals into that with the fewest
 * rows. (As `StratifiedGroupKFold` of scikit-learn; sums are carried along, so that a row is looked at once a fold.)
 * @param classOf the class of a row
 * @throws TRAINING_DATA_UNUSABLE where the training rows are one group
 */
export function heldGroupsStratified(
  groups: readonly (readonly number[])[],
  classOf: (row: number) => string,
  fold: Fold,
  seed: number,
): number[] {
  const { number, of } = fitting(fold, groups.length);
  const counted = shuffled(groups, seededRandom(seed, "folds")).map((rows): Group => {
    const classes = new Map<string, number>();
    for (const row of rows) classes.set(classOf(row), (classes.get(classOf(row)) ?? 0) + 1);
    return { rows, classes };
  });
  const tallies = talliesOf(counted);
  counted.sort((a, b) => leaning(b, tallies.size) - leaning(a, tallies.size));
  const folds = Array.from({ length: of }, (): Dealt => ({ rows: [], classes: new Map() }));
  for (const group of counted) deal(group, foldFor(group, folds, tallies), tallies);
  return folds[number]?.rows ?? [];
}

function fitting({ number, of }: Fold, groups: number): Fold {
  if (groups < 2) throw unusable("split.column", oneGroup);
  const least = Math.min(of, groups);
  return { number: number % least, of: least };
}

const fewest = <Part>(parts: readonly Part[], sizeOf: (part: Part) => number): Part =>
  parts.reduce((least, part) => (sizeOf(part) < sizeOf(least) ? part : least));

function talliesOf(groups: readonly Group[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { classes } of groups)
    for (const [name, count] of classes) {
      const total = count + (tallies.get(name)?.total ?? 0);
      tallies.set(name, { total, dealt: 0, squares: 0 });
    }
  return tallies;
}

/**
 * Grows with the spread of the group's numbers of rows over all classes, of which it lacks some: their variance times
 * the square of how many classes there are, which is a whole number, so that equals are equal.
 */
function leaning({ rows, classes }: Group, count: number): number {
  let squares = 0;
  for (const value of classes.values()) squares += value ** 2;
  return count * squares - rows.length ** 2;
}

/** Two spreads that differ by no more than rounding are equal. */
const nearly = 1e-9;

function foldFor(group: Group, folds: readonly Dealt[], tallies: ReadonlyMap<string, Tally>): Dealt {
  const spreads = folds.map((fold) => spreadWith(group, fold, folds.length, tallies));
  const least = Math.min(...spreads) + nearly;
  return fewest(
    folds.filter((_, place) => (spreads[place] ?? 0) <= least),
    ({ rows }) => rows.length,
  );
}

/** Over the group's classes, the standard deviation of their shares in the folds, once the group is in this one. */
function spreadWith(
  { classes }: Group,
  fold: Dealt,
  of: number,
  tallies: ReadonlyMap<string, Tally>,
): number {
  let sum = 0;
  for (const [name, count] of classes) {
    const { total, dealt, squares } = tallies.get(name) ?? { total: 1, dealt: 0, squares: 0 };
    const more = count * (count + 2 * (fold.classes.get(name) ?? 0));
    const variance = (squares + more) / of - ((dealt + count) / of) ** 2;
    sum += Math.sqrt(Math.max(0, variance)) / total;
  }
  return sum;
}

function deal({ rows, classes }: Group, fold: Dealt, tallies: ReadonlyMap<string, Tally>): void {
  for (const row of rows) fold.rows.push(row);
  for (const [name, count] of classes) {
    const there = fold.classes.get(name) ?? 0;
    const tally = tallies.get(name);
    if (tally) tally.dealt += count;
    if (tally) tally.squares += count * (count + 2 * there);
    fold.classes.set(name, there + count);
  }
}
