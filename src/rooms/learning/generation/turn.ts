import { seededRandom } from "../random.js";
import type { Generator } from "./generator.js";
import { sample, type SamplingOptions } from "./sampling.js";
import { endToken, TextTokens } from "./text-tokens.js";

/** What a prediction thread is asked for: a few tokens more of one text. It keeps nothing from turn to turn. */
export interface GenerationTurn extends SamplingOptions {
  /** The prompt in the first turn, then the tokens that the turn before gave. */
  seen: string | number[];
  /** Tokens written so far; the random number of each token follows from the seed and its place. */
  written: number;
  /** Tokens at most. */
  most: number;
  seed: number;
}

export interface GeneratedTurn {
  /** The last tokens, as many as the network sees at once, for the next turn. */
  seen: number[];
  text: string;
  /** Tokens written in this turn. */
  tokens: number;
  /** Whether the model said that the text ends here. */
  ended: boolean;
}

/** A turn ends with the token in which it takes this long, so that others' predictions wait no longer than that. */
const turnMs = 10;

/** Writes on for a turn. The same turns or others: the same seed gives the same text. */
export function takeTurn(generator: Generator, turn: GenerationTurn): GeneratedTurn {
  const { tokens } = generator;
  const first = typeof turn.seen === "string";
  const seen = typeof turn.seen === "string" ? tokens.prompt(turn.seen) : [...turn.seen];
  const begun = performance.now();
  const made: number[] = [];
  let ended = false;
  do {
    const token = nextToken(generator, seen, turn, turn.written + made.length);
    ended = token === endToken;
    if (!ended) made.push(token);
    if (!ended) seen.push(token);
  } while (!ended && made.length < turn.most && performance.now() - begun < turnMs);
  const text = tokens.decode(made);
  return {
    seen: seen.slice(-tokens.context),
    text: first && tokens.spaced(String(turn.seen)) ? text.trimStart() : text,
    tokens: made.length,
    ended,
  };
}

function nextToken(
  generator: Generator,
  seen: readonly number[],
  { seed, ...options }: GenerationTurn,
  place: number,
): number {
  const scores = generator.next(seen);
  for (const token of TextTokens.unwritable) scores[token] = Number.NEGATIVE_INFINITY;
  return sample(scores, options, seededRandom(seed, "token", place)());
}
