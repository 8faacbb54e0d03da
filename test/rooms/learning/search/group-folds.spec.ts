import { expect } from "chai";
import fc from "fast-check";
import {
  foldsOfGroups,
  heldGroups,
  heldGroupsStratified,
} from "../../../../src/rooms/learning/search/group-folds.js";
import { seededRandom, shuffled } from "../../../../src/rooms/learning/random.js";
import { codeOf } from "../data.js";

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const sorted = (rows: readonly number[]): number[] => rows.toSorted((a, b) => a - b);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const deviation = (values: readonly number[]): number => {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
};

/** Groups of rows numbered one after the other, and each row's class. */
interface Drawn {
  groups: number[][];
  classes: string[];
}
const drawn: fc.Arbitrary<Drawn> = fc
  .array(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 9 }), {
    minLength: 2,
    maxLength: 14,
  })
  .map((all) => {
    let at = 0;
    return { groups: all.map((one) => one.map(() => at++)), classes: all.flat() };
  });

const heldStratified = ({ groups, classes }: Drawn, of: number, seed = 1): number[][] =>
  range(of).map((number) =>
    heldGroupsStratified(groups, (row) => classes[row] ?? "", { number, of, stratified: true }, seed),
  );

/** As scikit-learn's StratifiedGroupKFold has it, every table of classes counted anew. */
function reference({ groups, classes }: Drawn, of: number, seed: number): number[][] {
  const names = [...new Set(classes)];
  const countsOf = (rows: readonly number[]): number[] =>
    names.map((name) => rows.filter((row) => classes[row] === name).length);
  const totals = countsOf(groups.flat());
  const mixed = shuffled(groups, seededRandom(seed, "folds"));
  // Rounded, since equals must come out equal.
  const leaning = (group: number[]): number => Math.round(deviation(countsOf(group)) * 1e9);
  const byLeaning = mixed.sort((a, b) => leaning(b) - leaning(a));
  const folds = range(of).map((): number[] => []);
  for (const group of byLeaning) {
    const costs = folds.map((_, into) => {
      const after = folds.map((rows, place) => countsOf(place === into ? [...rows, ...group] : rows));
      return (
        sum(names.map((__, name) => deviation(after.map((row) => (row[name] ?? 0) / (totals[name] ?? 1))))) /
        names.length
      );
    });
    const least = Math.min(...costs);
    const equal = folds.filter((_, place) => (costs[place] ?? 0) - least < 1e-9);
    equal.reduce((few, fold) => (fold.length < few.length ? fold : few)).push(...group);
  }
  return folds;
}

describe("learning: folds of whole groups", () => {
  it("are as many as there are groups left to train on, and none of one group", async () => {
    const five = range(5).map((number) => ({ number, of: 5 }));
    expect(foldsOfGroups(five, 90)).to.deep.equal(five);
    expect(foldsOfGroups(five, 3)).to.deep.equal(range(3).map((number) => ({ number, of: 3 })));
    expect(foldsOfGroups(five.slice(0, 1), 2)).to.deep.equal([{ number: 0, of: 2 }]);
    const refused = [
      () => foldsOfGroups(five, 1),
      () => heldGroups([[0, 1]], { number: 0, of: 2 }, 1),
      () => heldStratified({ groups: [[0, 1]], classes: ["a", "b"] }, 2),
    ];
    for (const work of refused) expect(await codeOf(work)).to.equal("TRAINING_DATA_UNUSABLE");
  });

  it("measure on an earlier one again where a search of before has more folds than groups", () => {
    const held = range(5).map((number) => heldGroups([[0], [1, 2]], { number, of: 5 }, 1));
    expect(held).to.deep.equal([[1, 2], [0], [1, 2], [0], [1, 2]]);
  });

  it("hold each row once and no fold is without, by classes too", () =>
    fc.assert(
      fc.property(drawn, fc.integer({ min: 2, max: 5 }), fc.nat(), (all, most, seed) => {
        const folds = heldStratified(all, Math.min(most, all.groups.length), seed);
        expect(sorted(folds.flat())).to.deep.equal(range(all.classes.length));
        expect(Math.min(...folds.map(({ length }) => length))).to.be.greaterThan(0);
        for (const group of all.groups)
          expect(folds.filter((fold) => fold.some((row) => group.includes(row)))).to.have.length(1);
      }),
    ));

  it("spread the classes as StratifiedGroupKFold does", () =>
    fc.assert(
      fc.property(drawn, fc.integer({ min: 2, max: 4 }), fc.nat(), (all, most, seed) => {
        const of = Math.min(most, all.groups.length);
        expect(heldStratified(all, of, seed).map(sorted)).to.deep.equal(reference(all, of, seed).map(sorted));
      }),
    ));

  it("have each its share of a class that few groups hold, where sizes alone would not see to it", () => {
    // Of thirty groups of four rows, five hold nothing but the rare class.
    const groups = range(30).map((group) => range(4).map((row) => group * 4 + row));
    const classes = range(120).map((row) => (row % 24 < 4 ? "rare" : "common"));
    const rare = (folds: readonly number[][]): number[] =>
      folds.map((rows) => rows.filter((row) => classes[row] === "rare").length);
    expect(rare(heldStratified({ groups, classes }, 5))).to.deep.equal([4, 4, 4, 4, 4]);
    const bySize = range(5).map((number) => heldGroups(groups, { number, of: 5 }, 1));
    expect(Math.min(...rare(bySize))).to.equal(0);
  });

  it("are drawn by the seed", () => {
    const groups = range(20).map((group) => [group * 2, group * 2 + 1]);
    const classes = range(40).map((row) => (row % 2 ? "a" : "b"));
    expect(heldStratified({ groups, classes }, 5, 3)).to.deep.equal(
      heldStratified({ groups, classes }, 5, 3),
    );
    expect(heldStratified({ groups, classes }, 5, 3)).to.not.deep.equal(
      heldStratified({ groups, classes }, 5, 4),
    );
  });

  it("take no longer than rows and classes do, however many there are", () => {
    const groups = range(4_000).map((group) => range(5).map((row) => group * 5 + row));
    const classes = range(20_000).map((row) => String(row % 997));
    const folds = heldStratified({ groups, classes }, 5);
    expect(Math.max(...folds.map(({ length }) => length))).to.be.below(4_200);
  });
});
