import { readCharacters } from "../encoding/index.js";

/** A word with the blanks behind it; one sign of a script that is written without blanks. */
const words =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]\p{M}*\s*|[^\s\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]+\s*/gu;

/** More would be tried in too few companies to tell them apart; neighbours of a longer text are taken together. */
const mostWords = 128;

/** The words of what is read of a text, in order; put together again they are that text. */
export function wordsIn(text: string): string[] {
  const all = text.slice(0, readCharacters).trimStart().match(words) ?? [];
  const size = Math.ceil(all.length / mostWords);
  if (size <= 1) return [...all];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.slice(part * size, (part + 1) * size).join(""),
  );
}
