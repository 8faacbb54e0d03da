/**
 * Characters read of one text, in UTF-16 code units, in training and in serving alike: cells may be longer, and cost no
 * more than their beginning.
 */
export const readCharacters = 10_000;

const control = /[\p{Cc}\p{Z}\s]+/gu;
const invisible = /\p{Cf}+/gu;
const plainLatin = /^[\x20-\x7e]*$/;

/**
 * The text as tokenisers see it: Unicode NFKC, lower case, without invisible format characters (soft hyphens, joiners,
 * marks of direction), with each run of white space and control characters as one space. At most `readCharacters` long.
 * Lower case is the language-independent one: it is the same wherever a model is served.
 */
export function plainText(text: string): string {
  const start = text.slice(0, readCharacters);
  if (plainLatin.test(start)) return collapse(start.toLowerCase());
  const lower = start.toWellFormed().replace(invisible, "").normalize("NFKC").toLowerCase();
  // One character may become eighteen in NFKC, so the bound is set once more.
  return collapse(lower.slice(0, readCharacters).toWellFormed());
}

const collapse = (text: string): string => text.replace(control, " ").trim();
