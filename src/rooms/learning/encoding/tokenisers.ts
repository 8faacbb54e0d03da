/** Units that a text is taken apart into: words and other signs of meaning, or pieces of so many characters. */
export const textUnits = ["WORD", "CHARACTER"] as const;
export type TextUnit = (typeof textUnits)[number];

/** How many units in a row make a term: 1 to 2 words are words and word pairs. */
export interface TermRange {
  unit: TextUnit;
  shortest: number;
  longest: number;
}

/**
 * A word of letters, digits and the marks that belong to them; one sign of a script that is written without spaces; a
 * pictograph; a currency sign; a run of exclamation and question marks. A regular expression and not `Intl.Segmenter`:
 * it is three times as fast, and the dictionaries behind the segmenter change with the version of Node, which
 * would make a stored model read other words than it was trained on.
 */
const words =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]\p{M}*|[[\p{L}\p{M}\p{N}]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]+|\p{Extended_Pictographic}|\p{Sc}|[!?]+/gv;

const prose = / |[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/v;

/** Whether a text that `plainText` gave has more than one word, as names of things, ids and dates have not. */
export const isProse = (plain: string): boolean => prose.test(plain);

/** The words of a text that `plainText` gave, in order. */
export const wordsOf = (plain: string): string[] => plain.match(words) ?? [];

/** Longer words are cut: a vocabulary of base64 lines would be one of megabytes. */
const longestWord = 64;

function wordTerms(plain: string, { shortest, longest }: TermRange): string[] {
  const tokens = wordsOf(plain).map((word) => word.slice(0, longestWord));
  const terms: string[] = [];
  for (let length = shortest; length <= longest; length++)
    for (let at = 0; at + length <= tokens.length; at++)
      terms.push(length === 1 ? (tokens[at] ?? "") : tokens.slice(at, at + length).join(" "));
  return terms;
}

const surrogate = /[\ud800-\udfff]/;

/** Pieces of `length` characters; a character outside the basic plane is two units, and no piece may cut it in two. */
function piecesOf(text: string, length: number): string[] {
  const characters = surrogate.test(text) ? Array.from(text) : null;
  const count = (characters ?? text).length - length + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) =>
    characters ? characters.slice(at, at + length).join("") : text.slice(at, at + length),
  );
}

/** Pieces lie within what spaces part, with one space on either side, so that beginnings and ends of words can be told. */
function characterTerms(plain: string, { shortest, longest }: TermRange): string[] {
  const terms: string[] = [];
  for (const part of plain.split(" "))
    for (let length = shortest; part !== "" && length <= longest; length++)
      for (const piece of piecesOf(` ${part} `, length)) terms.push(piece);
  return terms;
}

/** The terms of a text that `plainText` gave; a term that occurs twice comes twice. */
export const termsOf = (plain: string, range: TermRange): string[] =>
  range.unit === "WORD" ? wordTerms(plain, range) : characterTerms(plain, range);
