import {
  entrants,
  epochsAt,
  type Fold,
  nextStep,
  type Placed,
  ranking,
  type Standing,
  type Step,
} from "../learning/index.js";
import type { AutomlStanding } from "./automl-progress.type.js";
import { AutomlTrialStatus } from "./automl-progress.type.js";
import type { AutomlRun, Leaderboard, Winner } from "./automl-run.entity.js";
import type { AutomlTrial } from "./automl-trial.entity.js";
import { reasonFor, summaryOf, type RankedTrial } from "./words.js";

const mostStandings = 10;

/** A run with its trials, as they stand in the tables; what follows from them is said here and stored elsewhere. */
export class SearchState {
  constructor(
    readonly run: AutomlRun,
    /** In the order of their numbers. */
    readonly trials: readonly AutomlTrial[],
  ) {}

  get #standings(): Standing[] {
    return this.trials.map(({ number, status, results }) => ({
      number,
      failed: status === AutomlTrialStatus.FAILED,
      results,
    }));
  }

  /** Whether the rows are still to be looked at; what was measured before there were surveys keeps its folds. */
  get isNew(): boolean {
    return !this.run.plan.surveyed && this.trials.every(({ results }) => results.length === 0);
  }

  /** Takes the folds that the rows allow. */
  surveyed(folds: Fold[]): void {
    const { plan } = this.run;
    this.run.plan = { ...plan, surveyed: true, folds, search: { ...plan.search, folds: folds.length } };
  }

  get leftMs(): number {
    return Math.max(0, this.run.timeLimitSeconds * 1_000 - this.run.searchedMs);
  }

  /** What to train next; null when the search is over, be it for want of time. */
  next(): Step | null {
    return this.leftMs > 0 ? nextStep(this.run.plan.search, this.#standings) : null;
  }

  trial(number: number): AutomlTrial {
    const found = this.trials.find((trial) => trial.number === number);
    if (found) return found;
    throw new Error(`The search has no trial ${number}.`);
  }

  /** Epochs of a trial at the end of a rung. */
  epochsAt({ hyperparameters, algorithm }: AutomlTrial, rung: number): number {
    return epochsAt(this.run.plan.search, rung, hyperparameters.epochs, algorithm);
  }

  get ranking(): Placed[] {
    return ranking(this.run.plan.search, this.#standings);
  }

  /** Brings what callers see of the trials up to date with their results; answers those whose status changed. */
  refresh(): AutomlTrial[] {
    const placed = new Map(this.ranking.map((place) => [place.number, place]));
    const dropped = this.#dropped();
    return this.trials.filter((trial) => {
      const place = placed.get(trial.number);
      const before = trial.status;
      if (place) {
        trial.score = place.score.value;
        trial.deviation = place.score.deviation;
        trial.epochs = this.epochsAt(trial, place.rung);
      }
      trial.status = this.#statusOf(trial, place !== undefined, dropped.has(trial.number));
      return trial.status !== before;
    });
  }

  #statusOf(trial: AutomlTrial, scored: boolean, dropped: boolean): AutomlTrialStatus {
    if (trial.status === AutomlTrialStatus.FAILED) return AutomlTrialStatus.FAILED;
    if (this.run.winner?.number === trial.number) return AutomlTrialStatus.WINNER;
    if (dropped || this.run.winner) return AutomlTrialStatus.DROPPED;
    if (scored) return AutomlTrialStatus.SCORED;
    return trial.results.length > 0 ? AutomlTrialStatus.TRAINING : AutomlTrialStatus.WAITING;
  }

  /** Numbers of those that a rung that has begun left behind. */
  #dropped(): Set<number> {
    const { search } = this.run.plan;
    const standings = this.#standings;
    const rung = nextStep(search, standings)?.rung ?? search.rungs.length - 1;
    const within = new Set(entrants(search, standings, rung).map(({ number }) => number));
    return new Set(standings.map(({ number }) => number).filter((number) => !within.has(number)));
  }

  #ranked({ number, rung, score }: Placed): RankedTrial {
    const trial = this.trial(number);
    const { algorithm, architecture, hyperparameters } = trial;
    const epochs = this.epochsAt(trial, rung);
    const { value, deviation } = score;
    return { number, algorithm, architecture, hyperparameters, score: value ?? 0, deviation, epochs };
  }

  get leaderboard(): Leaderboard {
    const places = this.ranking;
    const standings = places.slice(0, mostStandings).map((place): AutomlStanding => {
      const { number, algorithm, score, deviation, epochs, ...settings } = this.#ranked(place);
      const summary = summaryOf({ algorithm, ...settings });
      return { number, algorithm, summary, score, deviation, epochs, status: this.trial(number).status };
    });
    return { scored: places.length, standings };
  }

  /** The best so far, and why; null where nothing was scored. */
  winner(): Winner | null {
    const told = this.ranking.map((place) => this.#ranked(place));
    const [best] = told;
    const reason = reasonFor({
      search: this.run.plan.search,
      splitBy: this.run.plan.split?.kind ?? null,
      parts: this.run.plan.folds[0]?.of,
      ranking: told,
      baseline: told.find(({ number, algorithm }) => number === 1 && algorithm === "LINEAR") ?? null,
      trials: this.trials.length,
      failed: this.trials.filter(({ status }) => status === AutomlTrialStatus.FAILED).length,
      outOfTime: this.leftMs === 0,
    });
    if (!best || reason === null) return null;
    const { number, epochs, score } = best;
    return { trialId: this.trial(number).id, number, epochs, score, reason };
  }
}
