import { type ClusterCandidate, candidateOf, costOf } from "./candidate.js";
import { sampleOf } from "./indices.js";
import type { ClusterModel } from "./model.js";
import {
  beginRun,
  goOn,
  type ClusteringProblem,
  modelOf,
  mostIterations,
  type Run,
  stepsOfEpoch,
} from "./run.js";

const mostRestarts = { K_MEANS: 8, GAUSSIAN_MIXTURE: 3 } as const;
/** Where there is so much to look at, a search of all of it takes minutes, and more rows leave less to luck. */
const restartedValues = 40_000_000;

/** Random beginnings for each number of clusters, at least two; the best of them counts. */
export const restartsOf = ({ points, algorithm }: Pick<ClusteringProblem, "points" | "algorithm">): number =>
  Math.max(2, Math.min(mostRestarts[algorithm], Math.floor(restartedValues / (points.rows * points.width))));

export interface Found {
  model: ClusterModel;
  clusters: number;
  /** The epoch in which it was found, from 1. */
  epoch: number;
}

/** How far a search is; plain data, so that another process can go on with it. */
export interface SearchState {
  /** Place of the number of clusters that is being tried. */
  place: number;
  restart: number;
  run: Run | null;
  /** The best run of this number so far. */
  kept: (Found & { cost: number }) | null;
  /** The best number so far, by the criterion. */
  best: (Found & { cost: number }) | null;
  candidates: ClusterCandidate[];
  epochs: number;
}

export const newSearch = (): SearchState => ({
  place: 0,
  restart: 0,
  run: null,
  kept: null,
  best: null,
  candidates: [],
  epochs: 0,
});

/** Tries each number of clusters with some restarts each. */
export class Search {
  readonly #sample: number[];

  constructor(
    private readonly problem: ClusteringProblem,
    private readonly numbers: readonly number[],
    readonly state: SearchState,
  ) {
    this.#sample = sampleOf(problem.points, problem.seed);
  }

  get finished(): boolean {
    return this.state.place >= this.numbers.length;
  }

  /** What is done and, at most, what is left. */
  get epochs(): number {
    const { place, restart, run, epochs } = this.state;
    const most = restartsOf(this.problem);
    const left = this.numbers.slice(place).reduce((sum, clusters, at) => {
      const runs = at === 0 ? most - restart : most;
      return sum + runs * this.#epochsOf(clusters);
    }, 0);
    const done = run ? Math.floor(run.iterations / stepsOfEpoch(this.problem, run.clusters)) : 0;
    return epochs + left - done;
  }

  #epochsOf(clusters: number): number {
    return Math.ceil(mostIterations[this.problem.algorithm] / stepsOfEpoch(this.problem, clusters));
  }

  /** One epoch: a run, or a part of one where rows are many. Answers the run's loss for a row. */
  advance(): number {
    const { state, problem } = this;
    const clusters = this.numbers[state.place] ?? 1;
    const run = state.run ?? beginRun(problem, clusters, state.restart);
    goOn(problem, run);
    state.epochs++;
    state.run = run;
    if (run.settled) this.#endRun(run);
    return run.loss;
  }

  #endRun(run: Run): void {
    const { state, problem } = this;
    const { clusters } = run;
    const cost = run.cost ?? Number.POSITIVE_INFINITY;
    if (!state.kept || cost < state.kept.cost)
      state.kept = { model: modelOf(problem, run), clusters, epoch: state.epochs, cost };
    state.run = null;
    state.restart++;
    if (state.restart < restartsOf(problem)) return;
    this.#endNumber(state.kept);
  }

  #endNumber(kept: Found): void {
    const { state, problem } = this;
    const candidate = candidateOf(kept.model, problem.points, kept.clusters, this.#sample);
    state.candidates.push(candidate);
    const cost = costOf(kept.model, candidate);
    if (!state.best || cost < state.best.cost) state.best = { ...kept, cost };
    Object.assign(state, { kept: null, restart: 0, place: state.place + 1 });
  }
}
