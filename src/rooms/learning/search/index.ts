// The search for settings: what may be tried, in which order it is trained, and what it is worth. Pure computing; the
// same seed and the same measures give the same search.
export { searchAlgorithms } from "./algorithm.js";
export type { SearchAlgorithm } from "./algorithm.js";
export { foldsFor, leastSearchRows } from "./folds.js";
export type { Fold } from "./folds.js";
export { epochsAt, entrants, nextStep, ranking, rungsFor, scoreAt } from "./halving.js";
export type { FoldResult, Placed, SearchPlan, Standing, Step } from "./halving.js";
export { compareScores, countsRows, measuresType, metricFor } from "./score.js";
export type { Score } from "./score.js";
export type { FoldScore } from "./scoring.js";
export { candidates, suitableAlgorithms } from "./space.js";
