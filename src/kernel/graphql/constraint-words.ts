import { plainNumber } from "../range.js";

type Worded = (bound: string) => string;

const number = (digits: string): string => plainNumber(Number(digits));
const length = (digits: string): string => `${number(digits)} ${digits === "1" ? "character" : "characters"}`;
const entries = (digits: string): string => `${number(digits)} ${digits === "1" ? "entry" : "entries"}`;

/**
 * The sentences that class-validator makes where a rule has none of its own, by their ends, and what they are to say:
 * the words of `LayerInput` and others whose rules lie elsewhere, with numbers as the descriptions write them.
 */
const sentences: readonly [RegExp, Worded][] = [
  [/must not be less than (\S+)$/, (least) => `must be at least ${number(least)}.`],
  [/must not be greater than (\S+)$/, (most) => `must be at most ${number(most)}.`],
  [/must be longer than or equal to (\d+) characters$/, (least) => `must have at least ${length(least)}.`],
  [/must be shorter than or equal to (\d+) characters$/, (most) => `must have at most ${length(most)}.`],
  [/must contain at least (\d+) elements$/, (least) => `must have at least ${entries(least)}.`],
  [/must contain no more than (\d+) elements$/, (most) => `must have at most ${entries(most)}.`],
  [/elements must be unique$/, () => "names something twice. Name each once."],
  [/must be an email$/, () => "must be an e-mail address, such as ada@example.com."],
];

/** A library's sentence in the words of this product; any other sentence is the rule's own, and stays. */
export function inOurWords(told: string): string {
  const subject = told.startsWith("each value in ") ? "Each entry" : "It";
  for (const [ending, words] of sentences) {
    const [found, bound = ""] = ending.exec(told) ?? [];
    if (found !== undefined) return `${subject} ${words(bound)}`;
  }
  return told;
}
