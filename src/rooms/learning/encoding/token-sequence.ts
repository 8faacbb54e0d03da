import { z } from "zod";
import type { InputShape } from "../architecture/outputs.js";
import { plainText } from "./plain-text.js";
import { termsOf, textUnits, type TextUnit } from "./tokenisers.js";
import { TermCounter } from "./vocabulary.js";

/** Token numbers with a meaning of their own; those of the vocabulary follow. */
export const paddingToken = 0;
export const unknownToken = 1;
export const firstToken = 2;

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
  /** Of a generator: capitals and every sign are kept, and the first token, an empty text, is the end of a text. */
  verbatim: z.literal(true).optional(),
  // Optional, not a default: versions of before must serve what they learnt, which is with padding as a token.
  /** Attention and global pooling leave padding out; as `mask_zero` of Keras. */
  maskZero: z.literal(true).optional(),
});
/** The encoding of a text as a sequence of token numbers, learnt on training texts; plain JSON. */
export type TokenSequence = z.infer<typeof tokenSequenceSchema>;

export interface SequenceOptions {
  unit: TextUnit;
  /** Left out, long enough for 95 of 100 training texts. */
  length?: number;
  mostLength?: number;
  mostTokens: number;
  /** Training texts that a token must be in; with 1 no training text has an unknown one, so it stays unlearnt. */
  leastTexts?: number;
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

/** Learns vocabulary and length from training texts alone, or null where they hold no token that is to be kept. */
export function fitTokenSequence(texts: readonly string[], wish: SequenceOptions): TokenSequence | null {
  const counter = new TermCounter();
  const lengths = texts.map((text) => {
    const tokens = tokensOf(text, wish.unit);
    counter.add(tokens);
    return tokens.length;
  });
  const tokens = counter
    .commonest(wish.leastTexts ?? 1, Math.min(wish.mostTokens, sequenceLimits.tokens))
    .map(([token]) => token);
  if (tokens.length === 0) return null;
  const most = Math.min(wish.mostLength ?? sequenceLimits.length, sequenceLimits.length);
  const length = Math.min(wish.length ?? usualLength(lengths), most);
  return { unit: wish.unit, length, tokens, different: counter.different };
}

/** Padding, unknown and the vocabulary are all numbers that the network must know. */
export const sequenceShape = ({ length, tokens, verbatim, maskZero }: TokenSequence): InputShape => ({
  shape: [length],
  vocabulary: firstToken + tokens.length,
  ...(verbatim && { everyStep: true }),
  ...(maskZero && { maskZero }),
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
