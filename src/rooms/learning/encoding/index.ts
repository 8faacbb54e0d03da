/*
 * How values that are no table cells become inputs: texts as term weights or as token sequences, and images as
 * pixels. What an encoding learns
 * it learns from training texts alone, and keeps as plain JSON that the artefact holds.
 */
export { fitImage, imageCell, imageFeatureSchema, imageWidth, imageWriter } from "./image.js";
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
export type { TokenSequence } from "./token-sequence.js";
export { isProse, textUnits, wordsOf } from "./tokenisers.js";
export type { TextUnit } from "./tokenisers.js";
