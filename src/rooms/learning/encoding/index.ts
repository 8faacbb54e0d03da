/*
 * How values that are no table cells become inputs: texts as term weights or as token sequences. What an encoding learns
 * it learns from training texts alone, and keeps as plain JSON that the artefact holds.
 */
export { plainText, readCharacters } from "./plain-text.js";
export { fitTerms, mostTerms, termCount, termPartSchema, termWriter } from "./term-weights.js";
export type { TermPart } from "./term-weights.js";
export {
  fitTokenSequence,
  paddingToken,
  sequenceLimits,
  sequenceShape,
  sequenceWriter,
  tokenSequenceSchema,
  unknownToken,
} from "./token-sequence.js";
export type { SequenceWish, TokenSequence } from "./token-sequence.js";
export { isProse, textUnits, wordsOf } from "./tokenisers.js";
export type { TermRange, TextUnit } from "./tokenisers.js";
