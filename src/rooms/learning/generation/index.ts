/*
 * Text generation: a network that foretells the next token of a text from those before it, and writes texts by
 * choosing one token after the other. The vocabulary is learnt on training texts alone; no text is in two parts of the
 * split; padding and the unknown are never written.
 */
export { textReading } from "./architecture.js";
export type { Baselines, NextTokenScore } from "./baselines.js";
export { Generator } from "./generator.js";
export { generationLimits, requestLimits, suitableRequest } from "./limits.js";
export { startTexts } from "./start.js";
export { finishReasons } from "./stop-text.js";
export type { FinishReason } from "./stop-text.js";
