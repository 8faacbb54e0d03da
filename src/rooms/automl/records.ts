import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { TrainingJobStatus } from "../training/index.js";
import { AutomlTrialStatus, type AutomlCurrent } from "./automl-progress.type.js";
import { AutomlRun, newsOf } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";
import { lockRun } from "./run-end.js";
import type { SearchState } from "./search-state.js";

/** The fold under which the winner's training on all rows keeps its checkpoint. */
export const winnerFold = -1;

const contextOf = (trialId: string, fold: number): string => `automl_checkpoint:${trialId}:${fold}`;

/** A fold of a trial, with how far it is. */
export interface FoldProgress {
  trial: AutomlTrial;
  fold: number;
  current: AutomlCurrent;
}

/** Times since the last record, in milliseconds. */
export interface Spent {
  searchedMs: number;
  trainedMs: number;
}

/** Where a fold goes on; null where it begins. */
export async function readCheckpoint(
  scope: TenantScope,
  trialId: string,
  fold: number,
): Promise<Uint8Array | null> {
  const [row] = await scope.query<{ bytes: Buffer }>(
    "select bytes from automl_checkpoint where trial_id = $1 and fold = $2",
    [trialId, fold],
  );
  return row ? scope.open(row.bytes, contextOf(trialId, fold)) : null;
}

export const dropCheckpoint = (scope: TenantScope, trialId: string, fold: number): Promise<unknown> =>
  scope.write("automl.run", (work) =>
    work.query("delete from automl_checkpoint where trial_id = $1 and fold = $2", [trialId, fold]),
  );

/** What ends an attempt whose run is no longer its own: it was cancelled, or another worker has taken it up. */
export class RunMovedOn extends Error {}

/**
 * Stores what became known of a run, with the time it took. Only the worker that knows the run as it stands may: one
 * that lags behind a cancellation or another worker would store trials twice, and meter them twice.
 */
export async function record(
  scope: TenantScope,
  state: SearchState,
  { searchedMs, trainedMs }: Spent,
  change: (work: UnitOfWork) => Promise<unknown>,
): Promise<void> {
  const { run } = state;
  await scope.write("automl.run", async (work) => {
    const stored = await lockRun(work, run.id);
    if (stored?.status !== TrainingJobStatus.RUNNING || stored.searchedMs !== run.searchedMs)
      throw new RunMovedOn();
    run.searchedMs += searchedMs;
    run.trainedMs += trainedMs;
    await change(work);
    const { leaderboard, current, winner } = run;
    const times = { searchedMs: run.searchedMs, trainedMs: run.trainedMs };
    await work.manager.update(AutomlRun, { id: run.id }, { ...times, leaderboard, current, winner });
    work.notify("automl", { job: run.id, progress: newsOf(run) });
  });
}

/** What the rows said before the first trial. */
export const recordSurvey = (scope: TenantScope, state: SearchState, spent: Spent): Promise<void> =>
  record(scope, state, spent, (work) => {
    const { id, plan } = state.run;
    return work.manager.update(AutomlRun, { id }, { plan });
  });

/** Part of a fold: what callers see, and where it goes on. */
export const recordEpochs = (
  scope: TenantScope,
  state: SearchState,
  { trial, fold, current }: FoldProgress,
  spent: Spent,
  checkpoint: Uint8Array,
): Promise<void> =>
  record(scope, state, spent, async (work) => {
    state.run.current = current;
    trial.trainedMs += spent.trainedMs;
    await work.manager.update(AutomlTrial, { id: trial.id }, { trainedMs: trial.trainedMs });
    await storeCheckpoint(work, scope, { trial, fold, epoch: current.epoch }, checkpoint);
  });

/** Brings trials, leaderboard and checkpoints up to date with what is known of the trial by now. */
export const recordTrial = (
  scope: TenantScope,
  state: SearchState,
  trial: AutomlTrial,
  spent: Spent,
  kept?: Omit<Kept, "trial"> & { checkpoint: Uint8Array },
): Promise<void> =>
  record(scope, state, spent, async (work) => {
    trial.trainedMs += spent.trainedMs;
    const changed = new Set(state.refresh()).add(trial);
    state.run.leaderboard = state.leaderboard;
    if (kept) await storeCheckpoint(work, scope, { trial, ...kept }, kept.checkpoint);
    for (const one of changed) await storeTrial(work, one);
  });

async function storeTrial(work: UnitOfWork, trial: AutomlTrial): Promise<void> {
  const { id, status, results, score, deviation, epochs, parameters, failure, trainedMs } = trial;
  const change = { status, results, score, deviation, epochs, parameters, failure, trainedMs };
  await work.manager.update(AutomlTrial, { id }, change);
  const over = [AutomlTrialStatus.DROPPED, AutomlTrialStatus.FAILED].includes(status);
  if (over) await work.query("delete from automl_checkpoint where trial_id = $1", [id]);
}

interface Kept {
  trial: AutomlTrial;
  fold: number;
  epoch: number;
}

const storeCheckpoint = (
  work: UnitOfWork,
  scope: TenantScope,
  { trial, fold, epoch }: Kept,
  checkpoint: Uint8Array,
): Promise<unknown> =>
  work.query(
    `insert into automl_checkpoint (trial_id, fold, epoch, bytes) values ($1, $2, $3, $4)
     on conflict (trial_id, fold) do update set epoch = excluded.epoch, bytes = excluded.bytes`,
    [trial.id, fold, epoch, scope.seal(checkpoint, contextOf(trial.id, fold))],
  );
