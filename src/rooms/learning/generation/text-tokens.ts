import type { TokenSequence } from "../encoding/index.js";
import { firstToken, paddingToken, unknownToken } from "../encoding/token-sequence.js";
import type { TextUnit } from "../encoding/tokenisers.js";
import { TermCounter } from "../encoding/vocabulary.js";
import { readCharacters } from "../encoding/plain-text.js";
import type { Preprocessing } from "../preprocessing.js";
import { generationLimits } from "./limits.js";

/**
 * Stands before and after each text: what begins one has no other name than what ended the one before. It is the first
 * of the vocabulary, and no text, so that writing it out adds nothing.
 */
const endOfText = "";
export const endToken = firstToken;

const spaces = /[\p{Cc}\p{Z}\s]+/gu;
const invisible = /\p{Cf}+/gu;

/**
 * The text as a generator learns it: in NFC and with its own capitals, without invisible format characters, each run of
 * white space and control characters as one space. At most `readCharacters` long.
 */
const collapsed = (text: string): string =>
  text.slice(0, readCharacters).toWellFormed().normalize("NFC").replace(invisible, "").replace(spaces, " ");
export const readable = (text: string): string => collapsed(text).trim();

/** A prompt may end within a sentence, so the space at its end stays. */
const readablePrompt = (text: string): string => collapsed(text).trimStart();

/** A word with the space before it, or any other character alone: joined, the pieces are the text again. */
const pieces = / ?[\p{L}\p{M}\p{N}']{1,64}| ?[^\p{L}\p{M}\p{N}' ]| /gu;

export const piecesOf = (text: string, unit: TextUnit): string[] =>
  unit === "CHARACTER" ? Array.from(text) : (text.match(pieces) ?? []);

/** Learns the vocabulary from training texts alone; a piece of a single text is unknown, so that this is learnt too. */
export function fitTextTokens(
  texts: readonly string[],
  unit: TextUnit,
  context: number,
): TokenSequence | null {
  const counter = new TermCounter();
  for (const text of texts) counter.add(piecesOf(readable(text), unit));
  const most = unit === "WORD" ? generationLimits.words : generationLimits.characters;
  const tokens = counter.commonest(2, most).map(([token]) => token);
  if (tokens.length === 0) return null;
  const known = [endOfText, ...tokens];
  return { unit, length: context, tokens: known, different: counter.different, verbatim: true };
}

/** How a generator reads texts; null of what is none. */
export function textSequence({ features }: Pick<Preprocessing, "features">): TokenSequence | null {
  const [only] = features;
  return only?.kind === "TOKENS" && only.sequence.verbatim ? only.sequence : null;
}

/** Texts to token numbers and back. */
export class TextTokens {
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(private readonly sequence: TokenSequence) {
    this.#numbers = new Map(sequence.tokens.map((token, place) => [token, firstToken + place]));
  }

  /** Tokens that the network sees at once. */
  get context(): number {
    return this.sequence.length;
  }

  /** How many numbers there are: padding, unknown, end of text and the vocabulary. */
  get size(): number {
    return firstToken + this.sequence.tokens.length;
  }

  #encode(text: string): number[] {
    return piecesOf(text, this.sequence.unit).map((piece) => this.#numbers.get(piece) ?? unknownToken);
  }

  /** A whole text with its end on either side. */
  text(text: string): number[] {
    return [endToken, ...this.#encode(readable(text)), endToken];
  }

  /** The beginning of a text, to be gone on with. */
  prompt(text: string): number[] {
    const plain = readablePrompt(text);
    // The space before a word belongs to that word, which is still to come.
    return [endToken, ...this.#encode(this.sequence.unit === "WORD" ? plain.trimEnd() : plain)];
  }

  /** Whether the space before the next word is there already, or none is wanted. */
  spaced(prompt: string): boolean {
    return this.sequence.unit === "WORD" && /^$| $/u.test(readablePrompt(prompt));
  }

  decode(tokens: readonly number[]): string {
    return tokens.map((token) => this.sequence.tokens[token - firstToken] ?? "").join("");
  }

  /** Numbers that stand for no text, and so are never written. */
  static readonly unwritable: readonly number[] = [paddingToken, unknownToken];
}
