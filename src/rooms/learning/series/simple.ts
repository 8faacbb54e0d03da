import type { Anchor } from "./settings.js";

/** Mean of the values from a place on. */
function meanFrom(values: Float64Array, from: number): number {
  let sum = 0;
  for (let at = from; at < values.length; at++) sum += values[at] ?? 0;
  return sum / (values.length - from);
}

/** The latest whole season where the history holds one, else all of it: no part of a year may pass for its level. */
const levelFrom = (history: Float64Array, season: number): number =>
  season > 1 && season <= history.length ? history.length - season : 0;

const lastOf = (history: Float64Array): number => history[history.length - 1] ?? 0;

/** The value of the same season before, `steps` from the end of the history on; of more seasons ahead the latest one. */
const seasonBefore = (history: Float64Array, season: number, step: number): number =>
  history[history.length - season + (step % season)] ?? 0;

const simple: Record<Anchor, (history: Float64Array, season: number, step: number) => number> = {
  MEAN: (history, season) => meanFrom(history, levelFrom(history, season)),
  LAST: lastOf,
  DRIFT: (history, _season, step) => {
    const slope = (lastOf(history) - (history[0] ?? 0)) / Math.max(1, history.length - 1);
    return lastOf(history) + (step + 1) * slope;
  },
  SEASON: seasonBefore,
  SEASON_AND_CHANGE: (history, season, step) => {
    const change = lastOf(history) - (history[history.length - 1 - season] ?? 0);
    // As many seasons ahead, as many times the change since the season before.
    return seasonBefore(history, season, step) + change * (Math.floor(step / season) + 1);
  },
};

/** Whether a history is long enough for a simple forecast. */
export function reaches(anchor: Anchor, history: number, season: number): boolean {
  if (anchor === "MEAN" || anchor === "LAST") return history >= 1;
  if (anchor === "DRIFT") return history >= 2;
  return season > 1 && history >= (anchor === "SEASON" ? season : season + 1);
}

/** A simple forecast of the next `horizon` values. */
export function simpleForecast(
  anchor: Anchor,
  history: Float64Array,
  { season, horizon }: { season: number; horizon: number },
): Float64Array {
  const forecast = simple[anchor];
  // The mean is the same at every step, and costs a pass over the history.
  if (anchor === "MEAN") return new Float64Array(horizon).fill(forecast(history, season, 0));
  return Float64Array.from({ length: horizon }, (_, step) => forecast(history, season, step));
}

/** What the values of a window are taken relative to: the last one for walks, the mean of a season for what returns. */
export const levelOf = (anchor: Anchor, history: Float64Array, season: number): number =>
  anchor === "LAST" || anchor === "DRIFT" ? lastOf(history) : meanFrom(history, levelFrom(history, season));
