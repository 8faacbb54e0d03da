/* Lengths that suit a series of which only its season and its number of training rows are known. */

/** Longer seasons are far more than anybody plans ahead row by row. */
const longestPlanned = 48;
const aWeek = 7;
const withoutSeason = 6;

/** A whole season ahead, a week of a longer one; never so far that few forecasts are left to learn from. */
export function defaultHorizon(season: number, rows: number): number {
  const wanted = season === 1 ? withoutSeason : season <= longestPlanned ? season : aWeek;
  return Math.max(1, Math.min(wanted, Math.floor(rows / 6)));
}

/** Two seasons, so that a season can be told from the one before; of a long season, four times what is to be said. */
export function defaultWindow(
  { season, horizon }: { season: number; horizon: number },
  rows: number,
): number {
  const wanted = season > 1 && season <= longestPlanned ? 2 * season : 4 * horizon;
  return Math.max(1, Math.min(1_000, Math.max(8, wanted), Math.floor(rows / 3)));
}
