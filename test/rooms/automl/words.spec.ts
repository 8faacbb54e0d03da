import { expect } from "chai";
import {
  parseChoice,
  parseHyperparameters,
  parseSettings,
  rungsFor,
} from "../../../src/rooms/learning/index.js";
import {
  reasonFor,
  rounded,
  summaryOf,
  type SearchResult,
  type RankedTrial,
} from "../../../src/rooms/automl/words.js";
import { AutomlRun } from "../../../src/rooms/automl/automl-run.entity.js";
import { AutomlTrial } from "../../../src/rooms/automl/automl-trial.entity.js";
import { AutomlTrialStatus } from "../../../src/rooms/automl/automl-progress.type.js";
import { SearchState } from "../../../src/rooms/automl/search-state.js";
import { TrainingJobStatus } from "../../../src/rooms/training/index.js";

const hyperparameters = parseHyperparameters(
  { epochs: 90, learningRate: 0.002, batchSize: 32 },
  "CLASSIFICATION",
  100,
);
const told = (number: number, score: number, more: Partial<RankedTrial> = {}): RankedTrial => ({
  number,
  score,
  deviation: 0.0213,
  epochs: 30,
  algorithm: "LINEAR",
  architecture: parseChoice({ layers: [] }),
  hyperparameters,
  ...more,
});
const dense = parseChoice({
  layers: Array.from({ length: 2 }, () => ({ units: 64, activation: "RELU", dropout: 0.1 })),
});
const result = (more: Partial<SearchResult> = {}): SearchResult => ({
  search: { metric: "ACCURACY", rungs: rungsFor(4, 5_000), folds: 5 },
  ranking: [told(3, 0.93456, { algorithm: "DENSE", architecture: dense }), told(1, 0.9)],
  baseline: told(1, 0.9),
  trials: 4,
  failed: 0,
  outOfTime: false,
  ...more,
});

describe("automl: the reason in words", () => {
  it("tells the winner, the runner-up, the baseline and what was tried", () => {
    expect(reasonFor(result())).to.equal(
      "Best of all was trial 3 (DENSE) with an accuracy of 0.9346 after 30 epochs, as the mean of a 5-fold cross-validation on the training rows (standard deviation 0.0213): 2 layers of 64 (RELU, dropout 0.1, l2 0); learning rate 0.002, batches of 32. Next came trial 1 (LINEAR) with an accuracy of 0.9. The linear baseline reached 0.9. Of 4 trials, 2 were scored: 1 DENSE, 1 LINEAR.",
    );
  });

  it("says that the log loss decided where another's score is higher by chance", () => {
    const ranking = [told(3, 0.9), told(1, 0.91)];
    expect(reasonFor(result({ ranking }))).to.include(
      "Next came trial 1 (LINEAR) with an accuracy of 0.91. Scores that differ by less than one standard error count as equal",
    );
    expect(reasonFor(result())).to.not.include("standard error count");
    const search = { metric: "LOSS" as const, rungs: rungsFor(4, 5_000), folds: 5 };
    expect(reasonFor(result({ ranking, search }))).to.not.include("standard error count");
  });

  it("says so where the baseline itself won, and where it was not tried", () => {
    const [, first] = result().ranking;
    expect(reasonFor(result({ ranking: first ? [first] : [] }))).to.include("It is the linear baseline");
    const without = reasonFor(result({ baseline: null }));
    expect(without).to.not.include("baseline");
  });

  it("says what failed, that time was over, and that a fifth of many rows was enough", () => {
    const search = { metric: "LOSS" as const, rungs: rungsFor(4, 5_000), folds: 1 };
    const reason = reasonFor(result({ failed: 1, outOfTime: true, search }));
    expect(reason).to.include("1 trial could not be trained. The time limit ended the search.");
    expect(reason).to.include("a log loss of 0.9346").and.to.include("on a fifth of the training rows");
  });

  it("says how rows took turns under a split by time or by group", () => {
    expect(reasonFor(result({ splitBy: "TIME" }))).to.include(
      "as the mean over 5 blocks of the later training rows, each after training on all before it (standard deviation 0.0213): 2 layers",
    );
    expect(reasonFor(result({ splitBy: "GROUP" }))).to.include(
      "as the mean of a 5-fold cross-validation of whole groups on the training rows (",
    );
    expect(reasonFor(result({ splitBy: "STRATIFIED" }))).to.equal(reasonFor(result()));
    const search = { metric: "ACCURACY" as const, rungs: rungsFor(4, 5_000), folds: 1 };
    expect(reasonFor(result({ splitBy: "TIME", search }))).to.include(
      "on the last quarter of the training rows",
    );
    expect(reasonFor(result({ splitBy: "GROUP", search }))).to.include(
      "on a fifth of the training rows of whole groups that it was not",
    );
    expect(reasonFor(result({ splitBy: "GROUP", search, parts: 3 }))).to.include(
      "on a third of the training",
    );
  });

  it("is none without a winner", () => expect(reasonFor(result({ ranking: [] }))).to.equal(null));

  it("sums up presets by their numbers", () => {
    const architecture = parseChoice({ preset: "GRU", parameters: { units: 32 } });
    expect(summaryOf({ algorithm: "SEQUENCE", architecture, hyperparameters })).to.match(
      /^GRU with .*units 32.*; learning/,
    );
    expect(summaryOf({ algorithm: "DENSE", architecture: null, hyperparameters })).to.include("by itself");
    expect(rounded(0.123456)).to.equal("0.1235");
  });

  it("says nothing of batches where trees are grown on all rows at once", () => {
    const choice = parseChoice({ preset: "GRADIENT_BOOSTED_TREES", parameters: { trees: 90, depth: 2 } });
    const settings = parseSettings({ learningRate: 0.2 }, "CLASSIFICATION", 100, false, choice);
    if (!("boosting" in settings)) throw new Error("These are no settings of trees.");
    expect(summaryOf({ algorithm: "TREES", architecture: choice, hyperparameters: settings })).to.match(
      /^GRADIENT_BOOSTED_TREES with trees 90, depth 2, .*; learning rate 0\.2$/,
    );
  });
});

describe("automl: the state of a search", () => {
  const folds = [
    { number: 0, of: 5 },
    { number: 1, of: 5 },
  ];
  function state(scores: (number | null)[], limits: Partial<AutomlRun> = {}): SearchState {
    const run = Object.assign(new AutomlRun(), {
      status: TrainingJobStatus.RUNNING,
      timeLimitSeconds: 10,
      trialLimit: scores.length,
      searchedMs: 0,
      winner: null,
      plan: { folds, search: { metric: "ACCURACY", rungs: rungsFor(scores.length, 5_000), folds: 2 } },
      ...limits,
    });
    const trials = scores.map((value, index) =>
      Object.assign(new AutomlTrial(), told(index + 1, 0), {
        id: `trial_${index + 1}`,
        status: AutomlTrialStatus.WAITING,
        results: value === null ? [] : folds.map((_, fold) => measured(0, fold, value)),
      }),
    );
    return new SearchState(run, trials);
  }
  const measured = (rung: number, fold: number, value: number) => ({
    rung,
    fold,
    rows: 10,
    measures: { ACCURACY: value, LOSS: 1 - value },
  });
  const statuses = (search: SearchState): string[] => search.trials.map(({ status }) => status);

  it("tells who waits, is scored, and was left behind", () => {
    const begun = state([0.5, null, null]);
    begun.refresh();
    expect(statuses(begun)).to.deep.equal(["SCORED", "WAITING", "WAITING"]);
    expect(begun.next()).to.deep.equal({ number: 2, rung: 0, fold: 0 });
    const over = state([0.5, 0.7, 0.6]);
    expect(over.refresh().map(({ number }) => number)).to.deep.equal([1, 2, 3]);
    expect(statuses(over)).to.deep.equal(["DROPPED", "SCORED", "DROPPED"]);
    expect(over.next()).to.deep.equal({ number: 2, rung: 1, fold: 0 });
    expect(over.leaderboard.standings.map(({ number }) => number)).to.deep.equal([2, 3, 1]);
  });

  it("takes the folds that the rows allow, as long as nothing was measured on others", () => {
    const begun = state([null, null]);
    expect([begun.isNew, state([0.5, null]).isNew]).to.deep.equal([true, false]);
    begun.surveyed([{ number: 0, of: 1, stratified: true }]);
    expect(begun.isNew).to.equal(false);
    expect(begun.run.plan.search.folds).to.equal(1);
    begun.trial(1).results.push(measured(0, 0, 0.5));
    expect(begun.next()).to.deep.equal({ number: 2, rung: 0, fold: 0 });
  });

  it("ends with the best so far when the time is over, also in the middle of a rung", () => {
    const late = state([0.5, 0.8, null], { searchedMs: 10_000 });
    expect(late.next()).to.equal(null);
    const winner = late.winner();
    expect(winner).to.include({ trialId: "trial_2", number: 2, score: 0.8, epochs: 30 });
    expect(winner?.reason).to.include("The time limit ended the search.");
    late.run.winner = winner;
    late.refresh();
    expect(statuses(late)).to.deep.equal(["DROPPED", "WINNER", "DROPPED"]);
    expect(state([null], { searchedMs: 10_000 }).winner()).to.equal(null);
  });

  it("goes back to fewer epochs where more of them were too many", () => {
    const search = state([0.5, 0.8, 0.6]);
    search.trial(2).results.push(measured(1, 0, 0.7), measured(1, 1, 0.7));
    expect(search.next()).to.equal(null);
    expect(search.winner()).to.include({ number: 2, score: 0.8, epochs: 30 });
  });
});
