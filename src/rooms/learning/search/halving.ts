import type { MeasureName } from "../evaluation/index.js";
import type { SearchAlgorithm } from "./algorithm.js";
import { type Measured, ranked, type Score, scoreOf } from "./score.js";

/**
 * Successive halving: all settings are trained a little, the best third of them three times as long, and so on; those
 * that go on do so from their checkpoints. (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
 * Hyperparameter Optimization", 2016; here with a third in place of a half.)
 */
const factor = 3;
const mostRungs = 3;
/** A ninth of the epochs over so few rows is some forty to 150 steps: what learns slowly but better would be left. */
const fewSteps = 500;
const mostRungsOfFewSteps = 2;

export interface Rung {
  /** Settings that enter it at the most. */
  trials: number;
  /** Part of each setting's own epochs that it has trained at its end, 0 to 1. */
  share: number;
}

export interface SearchPlan {
  metric: MeasureName;
  rungs: readonly Rung[];
  /** How many folds each setting is scored on. */
  folds: number;
}

/** A fold of a rung, as measured. */
export interface FoldResult extends Measured {
  rung: number;
  fold: number;
}

/** What is known of one setting. */
export interface Standing {
  number: number;
  /** It can't be trained, whatever is tried: it leaves the search. */
  failed: boolean;
  results: readonly FoldResult[];
}

/** What is to be trained next. */
export interface Step {
  number: number;
  rung: number;
  fold: number;
}

/** @param trainingRows how many each setting learns from and is measured on, over all folds */
export const rungsFor = (trials: number, trainingRows: number): Rung[] => {
  const most = trainingRows < fewSteps ? mostRungsOfFewSteps : mostRungs;
  const count = Math.min(most, 1 + Math.floor(Math.log(trials) / Math.log(factor) + 1e-9));
  return Array.from({ length: count }, (_, rung) => ({
    trials: Math.ceil(trials / factor ** rung),
    share: factor ** (rung + 1 - count),
  }));
};

/**
 * Epochs that a setting of so many has trained at the end of a rung. Trees are grown in a moment, so that little would
 * be saved by fewer of them, and a ninth of them would tell little of all: 1/3, 0.58 and 1 of them instead.
 */
export function epochsAt(
  plan: Pick<SearchPlan, "rungs">,
  rung: number,
  epochs: number,
  algorithm: SearchAlgorithm | null = null,
): number {
  const share = plan.rungs[rung]?.share ?? 1;
  return Math.max(1, Math.ceil(epochs * (algorithm === "TREES" ? Math.sqrt(share) : share)));
}

const resultsAt = ({ results }: Standing, rung: number): FoldResult[] =>
  results.filter((result) => result.rung === rung);

/** The score of a rung; null until all its folds are measured. */
export function scoreAt(plan: SearchPlan, standing: Standing, rung: number): Score | null {
  const results = resultsAt(standing, rung);
  return results.length < plan.folds ? null : scoreOf(results, plan.metric);
}

/**
 * Who enters a rung, the best first; those of a later rung are known once the one before is over. One that fails there
 * keeps its place empty: somebody worse in its stead would cost more than the search may.
 */
export function entrants(plan: SearchPlan, trials: readonly Standing[], rung: number): Standing[] {
  if (rung === 0) return [...trials];
  const scored = entrants(plan, trials, rung - 1).flatMap((standing) => {
    const score = scoreAt(plan, standing, rung - 1);
    return score ? [{ standing, score }] : [];
  });
  // Sorting keeps the order of equals, which is that of their numbers here.
  const inOrder = scored.sort((a, b) => a.standing.number - b.standing.number);
  return ranked(plan.metric, plan.folds, inOrder)
    .slice(0, plan.rungs[rung]?.trials ?? 0)
    .map(({ standing }) => standing);
}

/** The next fold to train and measure; null when the search is over. */
export function nextStep(plan: SearchPlan, trials: readonly Standing[]): Step | null {
  for (const [rung] of plan.rungs.entries()) {
    for (const standing of entrants(plan, trials, rung)) {
      const fold = resultsAt(standing, rung).length;
      if (!standing.failed && fold < plan.folds) return { number: standing.number, rung, fold };
    }
  }
  return null;
}

/** A score with the rung at which it was measured. */
export interface Placed {
  number: number;
  rung: number;
  score: Score;
}

/** What a setting was measured to be at each rung, the longest trained first. */
function placesOf(plan: SearchPlan, standing: Standing): Placed[] {
  if (standing.failed) return [];
  const places = plan.rungs.flatMap((_, rung): Placed[] => {
    const score = scoreAt(plan, standing, rung);
    return score && score.value !== null ? [{ number: standing.number, rung, score }] : [];
  });
  return places.reverse();
}

/** All that were scored, the best first, each at the rung where it was best: training longer may have been too long. */
export function ranking(plan: SearchPlan, trials: readonly Standing[]): Placed[] {
  const places = trials.flatMap((standing) => placesOf(plan, standing));
  const inOrder = places.sort((a, b) => b.rung - a.rung || a.number - b.number);
  const best = new Map<number, Placed>();
  for (const place of ranked(plan.metric, plan.folds, inOrder))
    if (!best.has(place.number)) best.set(place.number, place);
  return [...best.values()];
}
