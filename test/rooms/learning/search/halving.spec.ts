import { expect } from "chai";
import fc from "fast-check";
import {
  compareScores,
  entrants,
  epochsAt,
  nextStep,
  ranking,
  rungsFor,
  scoreAt,
  type SearchPlan,
  type Standing,
} from "../../../../src/rooms/learning/search/index.js";

const most = 90;

/** What a fold of a trial measures at a rung; null is a trial that can't be trained. */
type World = (number: number, rung: number, fold: number) => number | null;

interface Mutable extends Standing {
  failed: boolean;
  results: { rung: number; fold: number; rows: number; measures: { ACCURACY: number; LOSS: number } }[];
}

interface Searched {
  plan: SearchPlan;
  trials: Mutable[];
  /** Epochs trained over all folds. */
  spent: number;
  steps: number;
}

/** A search to its end, or for so many steps. */
function search(trials: number, folds: number, world: World, steps = Number.POSITIVE_INFINITY): Searched {
  const plan: SearchPlan = { metric: "ACCURACY", rungs: rungsFor(trials, 5_000), folds };
  const all = Array.from(
    { length: trials },
    (_, at): Mutable => ({ number: at + 1, failed: false, results: [] }),
  );
  const searched: Searched = { plan, trials: all, spent: 0, steps: 0 };
  while (searched.steps < steps && takeStep(searched, world)) searched.steps++;
  return searched;
}

function takeStep(searched: Searched, world: World): boolean {
  const { plan, trials } = searched;
  const step = nextStep(plan, trials);
  if (!step) return false;
  const { number, rung, fold } = step;
  const trial = trials[number - 1];
  if (!trial) throw new Error(`There is no trial ${number}.`);
  const value = world(number, rung, fold);
  searched.spent += epochsAt(plan, rung, most) - (rung === 0 ? 0 : epochsAt(plan, rung - 1, most));
  if (value === null) trial.failed = true;
  else trial.results.push({ rung, fold, rows: 20, measures: { ACCURACY: value, LOSS: 1 - value } });
  return true;
}

/** Any measures, the same again for the same trial, rung and fold; some trials fail. */
const worlds = fc
  // Sixteenths, whose sums are exact: the loss then puts settings in the same order, to the last bit.
  .array(
    fc.option(
      fc.nat(16).map((part) => part / 16),
      { freq: 10 },
    ),
    {
      minLength: 200,
      maxLength: 200,
    },
  )
  .map(
    (values): World =>
      (number, rung, fold) =>
        values[(number * 37 + rung * 11 + fold) % 200] ?? null,
  );
const counts = fc.integer({ min: 1, max: 40 });
const folds = fc.constantFrom(1, 3, 5);

describe("learning: successive halving", () => {
  it("gives trees more of their epochs at the first rungs, as they cost next to nothing", () => {
    const plan = { rungs: rungsFor(16, 5_000) };
    expect([0, 1, 2].map((rung) => epochsAt(plan, rung, 90))).to.deep.equal([10, 30, 90]);
    expect([0, 1, 2].map((rung) => epochsAt(plan, rung, 90, "TREES"))).to.deep.equal([30, 52, 90]);
    expect([0, 1, 2].map((rung) => epochsAt(plan, rung, 90, "DENSE"))).to.deep.equal([10, 30, 90]);
  });

  it("trains all a little and a third of them three times as long, twice", () => {
    expect(rungsFor(27, 5_000).map(({ trials }) => trials)).to.deep.equal([27, 9, 3]);
    expect(rungsFor(27, 5_000).map(({ share }) => Math.round(share * 90))).to.deep.equal([10, 30, 90]);
    expect(rungsFor(1, 5_000)).to.deep.equal([{ trials: 1, share: 1 }]);
    expect(rungsFor(3, 5_000).map(({ trials }) => trials)).to.deep.equal([3, 1]);
  });

  it("trains few rows no less than a third of their epochs: fewer are too few steps to tell settings apart", () => {
    expect(rungsFor(27, 499).map(({ trials, share }) => [trials, Math.round(share * 90)])).to.deep.equal([
      [27, 30],
      [9, 90],
    ]);
    expect(rungsFor(27, 500)).to.have.length(3);
    expect(rungsFor(2, 100)).to.deep.equal([{ trials: 2, share: 1 }]);
  });

  it("never promotes one that was worse than one left behind", () => {
    fc.assert(
      fc.property(counts, folds, worlds, (trials, of, world) => {
        const searched = search(trials, of, world);
        const { plan } = searched;
        for (let rung = 1; rung < plan.rungs.length; rung++) {
          const within = entrants(plan, searched.trials, rung);
          const left = entrants(plan, searched.trials, rung - 1).filter((one) => !within.includes(one));
          for (const one of within) {
            const score = scoreAt(plan, one, rung - 1);
            for (const other of left) {
              const theirs = other.failed ? null : scoreAt(plan, other, rung - 1);
              if (score && theirs) expect(compareScores(plan.metric, score, theirs)).to.be.at.most(0);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("spends at most its budget, and ends", () => {
    fc.assert(
      fc.property(counts, folds, worlds, (trials, of, world) => {
        const { plan, spent } = search(trials, of, world);
        const budget = plan.rungs.reduce((sum, rung, place) => {
          const before = place === 0 ? 0 : epochsAt(plan, place - 1, most);
          return sum + rung.trials * of * (epochsAt(plan, place, most) - before);
        }, 0);
        expect(spent).to.be.at.most(budget);
        // Training all of them to the end would take far more.
        if (trials >= 9) expect(budget).to.be.at.most(0.5 * trials * of * most);
      }),
      { numRuns: 200 },
    );
  });

  it("goes on after an interruption as if there had been none", () => {
    fc.assert(
      fc.property(counts, worlds, fc.nat(120), (trials, world, stop) => {
        const whole = search(trials, 3, world);
        const begun = search(trials, 3, world, stop);
        // Only what was stored is known to the next worker.
        const second = { ...begun, trials: structuredClone(begun.trials) };
        while (takeStep(second, world)) second.steps++;
        expect(second.trials).to.deep.equal(whole.trials);
        expect(second.steps).to.equal(whole.steps);
      }),
      { numRuns: 100 },
    );
  });

  it("names the best that any was measured to be, at whichever rung", () => {
    fc.assert(
      fc.property(counts, folds, worlds, (trials, of, world) => {
        const { plan, trials: all } = search(trials, of, world);
        const [best] = ranking(plan, all);
        const scores = all
          .filter(({ failed }) => !failed)
          .flatMap((one) => plan.rungs.map((_, rung) => scoreAt(plan, one, rung)?.value ?? 0));
        expect(best?.score.value ?? 0).to.equal(Math.max(0, ...scores));
      }),
      { numRuns: 100 },
    );
  });

  it("decides between equals by the loss, then by the earlier number", () => {
    const plan: SearchPlan = { metric: "ACCURACY", rungs: rungsFor(3, 5_000), folds: 1 };
    const standing = (number: number, loss: number): Standing => ({
      number,
      failed: false,
      results: [{ rung: 0, fold: 0, rows: 5, measures: { ACCURACY: 0.8, LOSS: loss } }],
    });
    const trials = [standing(1, 0.5), standing(2, 0.4), standing(3, 0.4)];
    expect(entrants(plan, trials, 1).map(({ number }) => number)).to.deep.equal([2]);
    expect(ranking(plan, trials).map(({ number }) => number)).to.deep.equal([2, 3, 1]);
  });

  it("leaves out who failed, and ends without a winner when all did", () => {
    const one = search(4, 2, (number) => (number === 2 ? null : number / 10));
    expect(ranking(one.plan, one.trials).map(({ number }) => number)).to.deep.equal([4, 3, 1]);
    const none = search(4, 2, () => null);
    expect(none.steps).to.equal(4);
    expect(ranking(none.plan, none.trials)).to.deep.equal([]);
  });
});
