/*
 * Explanations of single predictions: how much each column, word or patch of a row added to what the model said of it.
 * Needs nothing of a network but its answers, so that every architecture and engine is explained alike, by what serves.
 */
export { explain, explanationLimits } from "./explain.js";
export type { Admit, Evaluate, Evaluated, Explanation, ExplanationRequest } from "./explain.js";
export { gameOf } from "./game.js";
export { leastEvaluations, shapleyPlan } from "./shapley.js";
