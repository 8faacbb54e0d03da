import { z } from "zod";
import type { Hyperparameters } from "./hyperparameters.js";

export const earlyStoppingStateSchema = z.strictObject({
  best: z.number().nullable(),
  bestEpoch: z.int().min(0),
  wait: z.int().min(0),
});
/** The lowest watched loss, its epoch (from 1; 0 before the first) and the epochs since. */
export type EarlyStoppingState = z.infer<typeof earlyStoppingStateSchema>;

export const noEpochYet: EarlyStoppingState = { best: null, bestEpoch: 0, wait: 0 };

/** The state after an epoch with this loss. */
export function watch(
  state: EarlyStoppingState,
  loss: number,
  epoch: number,
  minDelta: number,
): EarlyStoppingState {
  if (state.best === null || loss < state.best - minDelta) return { best: loss, bestEpoch: epoch, wait: 0 };
  return { ...state, wait: state.wait + 1 };
}

export const isOver = (state: EarlyStoppingState, rule: Hyperparameters["earlyStopping"]): boolean =>
  rule !== null && state.wait >= rule.patience;
