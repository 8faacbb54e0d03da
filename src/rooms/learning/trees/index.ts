// Gradient-boosted trees over a table, written as a network once they are grown: what serves, exports and compares
// networks needs to know nothing of them. Pure computing in double precision; the same rows, settings and seed give
// the same bits.
export { boostingNames, type BoostingSettings, mostEpochsOf, parseBoosting, treeRates } from "./settings.js";
export { startTrees } from "./start.js";
export { isTrees, treesUnsuited } from "./suits.js";
