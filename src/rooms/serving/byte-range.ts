/** Bytes from `from` up to, and without, `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

const form = /^bytes=(\d*)-(\d*)$/;

/** The part that one range names, or null where it names none of a file of this size. */
function partOf(first: string, last: string, size: number): ByteRange | null {
  if (first === "") {
    const suffix = Math.min(Number(last), size);
    return suffix > 0 ? { from: size - suffix, to: size } : null;
  }
  const from = Number(first);
  const to = last === "" ? size : Math.min(Number(last) + 1, size);
  return from < size ? { from, to } : null;
}

/**
 * What a request with these headers is to get of a file (RFC 9110, 13.1.5 and 14.2): a part, the `whole`, or `none`,
 * which is answered by 416. One range is understood; of several, and of what is no range, the whole is given, as it is
 * where `if-range` names another file than there is now. Dates are not compared: a file has none.
 */
export function rangeOf(
  { range, ifRange }: { range: string | undefined; ifRange: string | undefined },
  { size, etag }: { size: number; etag: string },
): ByteRange | "whole" | "none" {
  const [, first = "", last = ""] = form.exec(range?.replaceAll(/[ \t]/g, "") ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (ifRange !== undefined && ifRange !== etag) return "whole";
  if (first !== "" && last !== "" && Number(last) < Number(first)) return "whole";
  return partOf(first, last, size) ?? "none";
}

/** The bytes of a stream within a range; the source is read no further. */
export async function* within(
  source: AsyncIterable<Uint8Array>,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array> {
  let begin = 0;
  for await (const chunk of source) {
    const part = chunk.subarray(Math.max(0, from - begin), Math.max(0, to - begin));
    begin += chunk.length;
    if (part.length > 0) yield part;
    if (begin >= to) return;
  }
}
