import type { Signature } from "../../learning/index.js";

/** One black point, which every size of image can be made of. */
const image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4XmNgAAAAAgAB3p6PvwAAAABJRU5ErkJggg==";

const values = { NUMBER: 0, BOOLEAN: false, CATEGORY: "", TEXT: "a", IMAGE: image } as const;

/** Rows that every version of the signature can answer; what it answers of them means nothing. */
export function probeOf({ inputs, series }: Pick<Signature, "inputs" | "series">): object[] {
  const row = Object.fromEntries(inputs.map(({ column, kind }) => [column, values[kind]]));
  return Array.from({ length: series?.window ?? 1 }, () => row);
}
