import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Dataset } from "../datasets/index.js";
import {
  causeOf,
  CheckpointMismatch,
  type LearningResult,
  type Progress,
  type Step,
  type TrainerPool,
  type TrainingRequest,
  wholeEpochs,
} from "../learning/index.js";
import { isVerdict, limitsOf, type RowSources, rowsFor, tellable } from "../training/index.js";
import { AutomlNothingScored } from "./automl.errors.js";
import { AutomlTrialStatus } from "./automl-progress.type.js";
import type { AutomlTrial } from "./automl-trial.entity.js";
import {
  dropCheckpoint,
  readCheckpoint,
  recordEpochs,
  recordSurvey,
  recordTrial,
  type FoldProgress,
  winnerFold,
} from "./records.js";
import type { SearchState } from "./search-state.js";
import { Stopwatch } from "./stopwatch.js";

/** So long may a killed worker's last trial have trained in vain; storing more often would cost more than it saves. */
const recordEveryMs = 2_000;

/** One attempt at a run: trials until the search is over, then the winner on all training rows. */
export class Search {
  readonly #watch = new Stopwatch();

  constructor(
    private readonly scope: TenantScope,
    private readonly state: SearchState,
    private readonly tools: { pool: TrainerPool; sources: RowSources; dataset: Dataset; signal: AbortSignal },
  ) {}

  /** @throws TRAINING_DATA_UNUSABLE before any trial, AUTOML_NOTHING_SCORED */
  async run(): Promise<LearningResult> {
    const { run } = this.state;
    if (this.state.isNew) await this.#survey();
    while (!run.winner) {
      const step = this.state.next();
      if (!step) await this.#decide();
      else await this.#take(step);
    }
    const trial = this.state.trial(run.winner.number);
    const { hyperparameters } = trial;
    const schedule = "schedule" in hyperparameters ? hyperparameters.schedule : null;
    return this.#trainWinner(trial, wholeEpochs(schedule, run.winner.epochs, hyperparameters.epochs));
  }

  async #request(): Promise<Pick<TrainingRequest, "columns" | "rows" | "task" | "seed" | "split">> {
    const { sources, dataset, signal } = this.tools;
    const { plan, seed } = this.state.run;
    const rows = await rowsFor(sources, this.scope, dataset, { task: plan.task, signal });
    return { ...rows, task: plan.task, split: plan.split ?? null, seed };
  }

  /** Data that no trial could learn from ends the search here; a time limit that is over does where trials would. */
  async #survey(): Promise<void> {
    const { pool, signal } = this.tools;
    const overtime = AbortSignal.timeout(Math.ceil(this.state.leftMs));
    const request = { ...(await this.#request()), folds: this.state.run.plan.folds };
    try {
      const hooks = { signal: AbortSignal.any([signal, overtime]) };
      this.state.surveyed((await pool.survey(request, hooks, limitsOf(this.scope))).folds);
      await recordSurvey(this.scope, this.state, this.#watch.read());
    } catch (error) {
      if (signal.aborted || !overtime.aborted) throw error;
      await recordSurvey(this.scope, this.state, this.#timeUp());
    }
  }

  /** A fold of a trial, up to the end of its rung or of the time there is. */
  async #take({ number, rung, fold }: Step): Promise<void> {
    const trial = this.state.trial(number);
    const overtime = AbortSignal.timeout(Math.ceil(this.state.leftMs));
    try {
      await this.#score(trial, { number, rung, fold }, overtime);
    } catch (error) {
      if (this.tools.signal.aborted) throw error;
      if (overtime.aborted) return recordTrial(this.scope, this.state, trial, this.#timeUp());
      // A checkpoint of other kernels: the trial's folds begin anew, each when it is its turn.
      if (error instanceof CheckpointMismatch) return void (await dropCheckpoint(this.scope, trial.id, fold));
      if (!isVerdict(error)) throw error;
      trial.status = AutomlTrialStatus.FAILED;
      trial.failure = tellable({ code: error.code, message: error.message, cause: causeOf(error) });
      await recordTrial(this.scope, this.state, trial, this.#watch.read());
    }
  }

  /** The whole time limit is used up, whatever a clock that is a little early says. */
  #timeUp(): ReturnType<Stopwatch["read"]> {
    const spent = this.#watch.read();
    return { ...spent, searchedMs: Math.max(spent.searchedMs, this.state.leftMs) };
  }

  async #score(trial: AutomlTrial, { rung, fold }: Step, overtime: AbortSignal): Promise<void> {
    const { pool, signal } = this.tools;
    const { folds } = this.state.run.plan;
    const epochs = this.state.epochsAt(trial, rung);
    const request = {
      ...(await this.#request()),
      architecture: trial.architecture ?? undefined,
      hyperparameters: trial.hyperparameters,
      checkpoint: await readCheckpoint(this.scope, trial.id, fold),
      fold: folds[fold] ?? { number: fold, of: folds.length },
      until: epochs,
    };
    const onEpoch = this.#recorder(trial, fold, { rung: rung + 1, epochs });
    const score = await pool.score(
      request,
      { onEpoch, signal: AbortSignal.any([signal, overtime]) },
      limitsOf(this.scope),
    );
    const { measures, rows, parameters, checkpoint } = score;
    trial.results = [...trial.results, { rung, fold, measures, rows }];
    trial.parameters = parameters;
    await recordTrial(this.scope, this.state, trial, this.#watch.read(), { fold, epoch: epochs, checkpoint });
  }

  /** Keeps the time of each epoch, and the state of a training that takes longer than a moment. */
  #recorder(
    trial: AutomlTrial,
    fold: number,
    { rung, epochs }: { rung: number | null; epochs: number },
  ): (progress: Progress, checkpoint: Uint8Array | null) => Promise<void> {
    return async ({ epoch, epochMs }, checkpoint) => {
      this.#watch.trained(epochMs);
      if (!checkpoint || epoch === epochs || this.#watch.sinceMs < recordEveryMs) return;
      const { number, algorithm } = trial;
      const place: FoldProgress = { trial, fold, current: { number, algorithm, rung, epoch, epochs } };
      await recordEpochs(this.scope, this.state, place, this.#watch.read(), checkpoint);
    };
  }

  async #decide(): Promise<void> {
    const winner = this.state.winner();
    if (!winner) throw this.#nothing();
    this.state.run.winner = winner;
    this.state.run.current = null;
    await recordTrial(this.scope, this.state, this.state.trial(winner.number), this.#watch.read());
  }

  /** Every trial failed, most likely for the same reason, or there was no time for any. */
  #nothing(): Error {
    const failure = this.state.trials.find(({ failure: found }) => found)?.failure;
    if (!failure || this.state.leftMs === 0) return new AutomlNothingScored(undefined, { limit: "TIME" });
    const message = `No trial could be trained. The first of them: ${failure.message}`;
    return new AutomlNothingScored(message, { cause: failure.cause });
  }

  async #trainWinner(trial: AutomlTrial, epochs: number): Promise<LearningResult> {
    const request = {
      ...(await this.#request()),
      architecture: trial.architecture ?? undefined,
      hyperparameters: Object.assign({}, trial.hyperparameters, { epochs }),
      checkpoint: await readCheckpoint(this.scope, trial.id, winnerFold),
    };
    const onEpoch = this.#recorder(trial, winnerFold, { rung: null, epochs });
    try {
      return await this.tools.pool.train(
        request,
        { onEpoch, signal: this.tools.signal },
        limitsOf(this.scope),
      );
    } catch (error) {
      if (error instanceof CheckpointMismatch) await dropCheckpoint(this.scope, trial.id, winnerFold);
      throw error;
    } finally {
      // Metered at the end, with all else.
      const { trainedMs } = this.#watch.read();
      this.state.run.trainedMs += trainedMs;
    }
  }
}
