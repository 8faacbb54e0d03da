import type { Split } from "../split.js";

/**
 * The split with every text in one part alone: rows of the same text go where its first row is. A text that was learnt
 * by heart would else be foretold well in the test, and say nothing of others.
 */
export function byText(texts: readonly string[], split: Split): Split {
  const parts = new Map<number, keyof Split>();
  for (const part of ["train", "validation", "test"] as const)
    for (const row of split[part]) parts.set(row, part);
  const firsts = new Map<string, keyof Split>();
  const result: Split = { train: [], validation: [], test: [] };
  texts.forEach((text, row) => {
    const own = parts.get(row);
    if (!own) return;
    const part = firsts.get(text) ?? own;
    firsts.set(text, part);
    result[part].push(row);
  });
  return result;
}
