import { leastTrainingRows } from "../learning.limits.js";
import { splitSizes } from "../split.js";
import type { LearningTask } from "../task.js";
import type { SeriesChoice } from "./settings.js";

/** The lengths that are asked for, and the least there may be of those that are left to choose. */
export function lengthsOf(series: SeriesChoice | undefined): Record<"window" | "horizon" | "season", number> {
  const { window, horizon, season } = series ?? {};
  return { window: window ?? 1, horizon: horizon ?? 1, season: season ?? 1 };
}

/** Why a series of so many rows can't be learnt, known from counts alone; null where it may be. */
export function seriesFault(
  { series }: LearningTask,
  rowCount: number,
  validationSplit: number,
): { at: "series" | "rows"; message: string } | null {
  const { window, horizon, season } = lengthsOf(series);
  const { train, test } = splitSizes(rowCount, validationSplit);
  const needed = Math.max(window + horizon + leastTrainingRows - 1, season + 1);
  if (train >= needed && test >= horizon) return null;
  const chosen = [series?.window, series?.horizon, series?.season].some((length) => (length ?? 1) > 1);
  return {
    at: chosen ? "series" : "rows",
    message:
      `Of ${rowCount} rows, the last ${test} are held out and ${train} are left to learn from; a window of ${window}, ` +
      `${horizon} steps ahead and a season of ${season} need ${horizon} and ${needed}. ` +
      (chosen ? "Choose shorter ones, or send more rows." : "Send more rows."),
  };
}
