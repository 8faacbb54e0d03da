import { z } from "zod";
import { PieceTrie } from "./piece-trie.js";
import { plainText, readCharacters } from "./plain-text.js";
import { type TermRange, termsOf, textUnits } from "./tokenisers.js";
import { TermCounter } from "./vocabulary.js";

/** Terms kept of each part of a text's encoding; more cost time and gain nothing (measured on sms-spam). */
export const mostTerms = 2_000;

/** What a text is told apart by, each part with a vocabulary and a length of its own. */
const ranges: readonly TermRange[] = [
  { unit: "WORD", shortest: 1, longest: 2 },
  { unit: "CHARACTER", shortest: 2, longest: 4 },
];
/** A term of a single text tells nothing of another. */
const leastTexts = 2;

/** A kept term with its inverse document frequency. */
const termSchema = z.tuple([z.string().max(200), z.number().positive()]);
export const termPartSchema = z.strictObject({
  unit: z.enum(textUnits),
  shortest: z.int().min(1).max(8),
  longest: z.int().min(1).max(8),
  terms: z.array(termSchema).min(1).max(mostTerms),
  /** Different terms that the training texts had; what is not in `terms` was cut. */
  different: z.int().min(1),
});
export type TermPart = z.infer<typeof termPartSchema>;

/** Smooth inverse document frequency, as scikit-learn's TfidfTransformer documents: ln((1 + n) / (1 + df)) + 1. */
const inverseFrequency = (texts: number, documents: number): number =>
  Math.log((1 + documents) / (1 + texts)) + 1;

/** Characters that a vocabulary is learnt from, some 20 seconds' worth; what is common shows in a part of the texts too. */
const mostRead = 20_000_000;

/** Every second text, every third and so on, so that together they are about `most` characters of those that are read. */
export function sample(texts: readonly string[], most: number): string[] {
  const total = texts.reduce((sum, { length }) => sum + Math.min(length, readCharacters), 0);
  const step = Math.max(1, Math.ceil(total / most));
  return texts.filter((_, place) => place % step === 0);
}

function fitPart(range: TermRange, plain: readonly string[], most: number): TermPart[] {
  const counter = new TermCounter();
  for (const text of plain) counter.add(termsOf(text, range));
  const terms = counter
    .commonest(leastTexts, most)
    .map(([term, texts]): [string, number] => [term, inverseFrequency(texts, plain.length)]);
  return terms.length > 0 ? [{ ...range, terms, different: counter.different }] : [];
}

/**
 * Learns the vocabulary of a column from its training texts alone: words and word pairs, and pieces of 2 to 4
 * characters, which also know misspelt words and telephone numbers. No part is left where no term occurs twice.
 * @param mostWidth how many terms all parts may have together
 */
export function fitTerms(texts: readonly string[], mostWidth: number): TermPart[] {
  const plain = sample(texts, mostRead).map(plainText);
  const most = Math.min(mostTerms, Math.floor(mostWidth / ranges.length));
  return most > 0 ? ranges.flatMap((range) => fitPart(range, plain, most)) : [];
}

export const termCount = (parts: readonly TermPart[]): number =>
  parts.reduce((sum, { terms }) => sum + terms.length, 0);

/** The places of the known terms of a plain text, each as often as it occurs. */
type Finder = (plain: string) => Iterable<number>;

function finderOf(part: TermPart): Finder {
  const terms = part.terms.map(([term]) => term);
  if (part.unit === "CHARACTER") {
    const trie = new PieceTrie(terms);
    return (plain) => trie.find(plain);
  }
  const places = new Map(terms.map((term, place) => [term, place]));
  return (plain) =>
    termsOf(plain, part)
      .map((term) => places.get(term))
      .filter((place) => place !== undefined);
}

function writePart({ terms }: TermPart, found: Iterable<number>, out: Float32Array, at: number): void {
  const counts = new Map<number, number>();
  for (const place of found) counts.set(place, (counts.get(place) ?? 0) + 1);
  let squares = 0;
  for (const [place, count] of counts) {
    // Sublinear: the tenth mention of a word says less than the first.
    const weight = (1 + Math.log(count)) * (terms[place]?.[1] ?? 0);
    out[at + place] = weight;
    squares += weight * weight;
  }
  const length = Math.sqrt(squares);
  for (const place of counts.keys()) out[at + place] = (out[at + place] ?? 0) / length;
}

/**
 * Writes the TF-IDF weights of a text: for each part `terms.length` values of length 1 (L2), or all zeros where the
 * text has none of its terms, as an empty one. `out` must be zero from `at` on.
 */
export function termWriter(
  parts: readonly TermPart[],
): (text: string, out: Float32Array, at: number) => void {
  const known = parts.map((part) => ({ part, find: finderOf(part) }));
  return (text, out, at) => {
    const plain = plainText(text);
    let begin = at;
    for (const { part, find } of known) {
      writePart(part, find(plain), out, begin);
      begin += part.terms.length;
    }
  };
}
