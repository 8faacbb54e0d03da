/** What a name may be long; a card with more of it would be read by nobody. */
const longestName = 200;

/** Control characters, and those that turn the direction of writing or are not seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;
const entities: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/**
 * Text of people as itself: no markup, no HTML, no link, on one line. Every ASCII punctuation character may follow a
 * backslash (CommonMark 0.31, § 2.4); those of HTML become entities, for readers that take tags before backslashes.
 */
export function escaped(text: string, mostLength = longestName): string {
  const line = text.replace(unseen, " ").trim();
  // A surrogate that the cut leaves alone is no character, and some readers refuse the whole text for it.
  const short = line.length > mostLength ? `${line.slice(0, mostLength).toWellFormed()}…` : line;
  return short.replace(/[!-/:-@[-`{-~]/g, (character) => entities[character] ?? `\\${character}`);
}

/** A table of GitHub's Markdown; the cells are Markdown already. None without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}

/** A heading and what stands below it; nothing where that is empty. */
export function section(title: string, ...parts: readonly string[]): string {
  const body = parts.filter((part) => part.trim() !== "").join("\n");
  return body === "" ? "" : `## ${title}\n\n${body.trimEnd()}\n\n`;
}

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}\n`).join("");

/** Four significant digits, as many as a test set of some thousand rows can support. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : String(Number(value.toPrecision(4)));
