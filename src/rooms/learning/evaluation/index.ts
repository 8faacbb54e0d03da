// How good a model is on rows that it had not seen, how sure that is, and which of two is better. Pure computing; the
// same outcomes and seed give the same answer to the bit.
export { compareOutcomes, sharedOutcomes } from "./compare.js";
export { evaluate, metricsOf, unevaluated } from "./evaluate.js";
export type { Evaluation } from "./evaluate.js";
export { isLessBetter, isOfNumbers, measureNames, measurerOf } from "./measures.js";
export type { MeasureName, Measures } from "./measures.js";
export { outcomesFrom } from "./outcomes-from.js";
export { keptOutcomes, keptRows, packOutcomes, unpackOutcomes } from "./outcomes.js";
export type { Outcomes } from "./outcomes.js";
