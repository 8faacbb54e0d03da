import type { TextUnit, TokenSequence } from "../encoding/index.js";
import { generationLimits } from "./limits.js";
import { TextTokens } from "./text-tokens.js";

/** About, and rather too many: a word with the space before it. */
export const charactersPerToken: Record<TextUnit, number> = { CHARACTER: 1, WORD: 6 };

/** Every second text, every third and so on, so that together they are about `most` tokens. */
export function evenly<T extends { length: number }>(texts: readonly T[], most: number): T[] {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  const step = Math.max(1, Math.ceil(total / most));
  return texts.filter((_, place) => place % step === 0);
}

/** Texts to learn from, to watch by and to measure by. */
export interface Parts {
  train: string[];
  validation: string[];
  test: string[];
}

/** The same as token numbers, each with its end on either side. */
export interface EncodedTexts extends Record<keyof Parts, number[][]> {
  /** Of the training texts. */
  tokens: number;
}

/** Takes all texts apart into tokens; of too many, an even sample. */
export function encodeTexts(parts: Parts, sequence: TokenSequence): EncodedTexts {
  const { trainingTokens, measuredTokens } = generationLimits;
  const tokens = new TextTokens(sequence);
  // Of texts in characters first: nobody has the memory for the tokens of texts that are not learnt from.
  const encode = (texts: string[], most: number) =>
    evenly(
      evenly(texts, most * charactersPerToken[sequence.unit]).map((text) => tokens.text(text)),
      most,
    );
  const train = encode(parts.train, trainingTokens);
  return {
    tokens: train.reduce((sum, { length }) => sum + length - 1, 0),
    train,
    validation: encode(parts.validation, measuredTokens),
    test: encode(parts.test, measuredTokens),
  };
}
