import { z } from "zod";
import type { InputShape } from "../architecture/outputs.js";
import { plainText } from "./plain-text.js";
import { termsOf, textUnits, type TextUnit } from "./tokenisers.js";
import { TermCounter } from "./vocabulary.js";

/** Token numbers with a meaning of their own; those of the vocabulary follow. */
export const paddingToken = 0;
export const unknownToken = 1;
const firstToken = 2;

export const sequenceLimits = { length: 1_024, tokens: 20_000 };
/** Beyond the length of nearly all texts there is only padding to compute on. */
const coveredShare = 0.95;

export const tokenSequenceSchema = z.strictObject({
  unit: z.enum(textUnits),
  /** Tokens read of a text: longer ones are cut at their end, shorter ones padded at their beginning. */
  length: z.int().min(1).max(sequenceLimits.length),
  /** `tokens[i]` has the number i + 2. */
  tokens: z.array(z.string().max(200)).min(1).max(sequenceLimits.tokens),
  /** Different tokens that the training texts had; what is not in `tokens` was cut. */
  different: z.int().min(1),
});
/** The encoding of a text as a sequence of token numbers, learnt on training texts; plain JSON. */
export type TokenSequence = z.infer<typeof tokenSequenceSchema>;

export interface SequenceWish {
  unit: TextUnit;
  /** Left out, long enough for 95 of 100 training texts. */
  length?: number;
  mostTokens: number;
}

const tokensOf = (text: string, unit: TextUnit): string[] => {
  const plain = plainText(text);
  return unit === "CHARACTER" ? Array.from(plain) : termsOf(plain, { unit, shortest: 1, longest: 1 });
};

function usualLength(lengths: number[]): number {
  const sorted = lengths.sort((a, b) => a - b);
  const usual = sorted[Math.ceil(sorted.length * coveredShare) - 1] ?? 1;
  return Math.max(1, Math.min(sequenceLimits.length, usual));
}

/** Learns vocabulary and length from training texts alone, or null where they hold no token at all. */
export function fitTokenSequence(texts: readonly string[], wish: SequenceWish): TokenSequence | null {
  const counter = new TermCounter();
  const lengths = texts.map((text) => {
    const tokens = tokensOf(text, wish.unit);
    counter.add(tokens);
    return tokens.length;
  });
  const tokens = counter
    .commonest(1, Math.min(wish.mostTokens, sequenceLimits.tokens))
    .map(([token]) => token);
  if (tokens.length === 0) return null;
  const length = Math.min(wish.length ?? usualLength(lengths), sequenceLimits.length);
  return { unit: wish.unit, length, tokens, different: counter.different };
}

/** Padding, unknown and the vocabulary are all numbers that the network must know. */
export const sequenceShape = ({ length, tokens }: TokenSequence): InputShape => ({
  shape: [length],
  vocabulary: firstToken + tokens.length,
});

/**
 * Writes `length` token numbers from `at` on; `out` must be zero there, which is the padding. It comes first, as in
 * Keras: what a recurrent layer has read last is what it remembers best.
 */
export function sequenceWriter(
  sequence: TokenSequence,
): (text: string, out: Float32Array, at: number) => void {
  const numbers = new Map(sequence.tokens.map((token, place) => [token, firstToken + place]));
  return (text, out, at) => {
    const tokens = tokensOf(text, sequence.unit).slice(0, sequence.length);
    const begin = at + sequence.length - tokens.length;
    tokens.forEach((token, place) => {
      out[begin + place] = numbers.get(token) ?? unknownToken;
    });
  };
}
