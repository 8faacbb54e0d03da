import { mostBatchBytes, mostBatchRows } from "./predictor-options.js";

/** Some rows of a request: how many come before them in it, and their JSON, one after the other. */
export interface RowPart {
  first: number;
  rows: number;
  text: string;
}

/**
 * A request's rows in parts of the size of a batch: a thread does one thing after the other, and of a slow network a
 * thousand rows at once would keep everybody waiting. No rows are one part without any.
 */
export function partsOf(texts: readonly string[]): RowPart[] {
  const parts: RowPart[] = [];
  let first = 0;
  do {
    let [end, bytes] = [first, 0];
    while (end < texts.length && end - first < mostBatchRows && (bytes === 0 || bytes < mostBatchBytes))
      bytes += texts[end++]?.length ?? 0;
    parts.push({ first, rows: end - first, text: texts.slice(first, end).join(",") });
    first = end;
  } while (first < texts.length);
  return parts;
}
