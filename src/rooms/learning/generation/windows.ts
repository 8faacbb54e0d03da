/** Token numbers that the network sees, and those that follow each of them: `context` a window, side by side. */
export interface Windows {
  count: number;
  context: number;
  seen: Float32Array;
  next: Float32Array;
}

/**
 * Where windows begin in texts that stand one after the other. The next one begins with the last text that began in
 * the second half of this one, if any, and else where this one ends: most windows begin as generating does, with the
 * beginning of a text, and the rest as it goes on once a text is longer than the context.
 */
export function windowStarts(texts: readonly number[][], context: number): number[] {
  const begins = textStarts(texts);
  const length = joined(texts).length;
  const starts: number[] = [];
  let last = 0;
  // The last window ends with the last token, however much of it was seen before.
  for (let at = 0; at + context < length; ) {
    starts.push(at);
    const end = at + context;
    while ((begins[last + 1] ?? Number.POSITIVE_INFINITY) < end) last++;
    const begin = begins[last] ?? 0;
    at = begin > at + context / 2 ? begin : end;
  }
  if (starts.length > 0 && (starts.at(-1) ?? 0) + context + 1 < length) starts.push(length - context - 1);
  return starts;
}

/** One text after the other; the end of one is the beginning of the next. */
const joined = (texts: readonly number[][]): number[] =>
  texts.flatMap((text, place) => (place === 0 ? text : text.slice(1)));

function textStarts(texts: readonly number[][]): number[] {
  let at = 0;
  return texts.map(({ length }) => (at += length - 1) - length + 1);
}

/** Cuts texts, each with its end on either side, into windows; none where all together are shorter than one. */
export function windowsOf(texts: readonly number[][], context: number): Windows {
  const stream = Float32Array.from(joined(texts));
  const starts = windowStarts(texts, context);
  const [seen, next] = [0, 1].map(() => new Float32Array(starts.length * context)) as [
    Float32Array,
    Float32Array,
  ];
  starts.forEach((start, window) => {
    seen.set(stream.subarray(start, start + context), window * context);
    next.set(stream.subarray(start + 1, start + context + 1), window * context);
  });
  return { count: starts.length, context, seen, next };
}
